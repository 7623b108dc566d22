"""One module per app, one function per model: rows that are right unless told not."""
