"""Schema changes of the documents."""
