"""`establish_administrators`."""
