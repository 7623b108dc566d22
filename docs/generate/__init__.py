"""Write the reference pages from what the program knows of itself."""
