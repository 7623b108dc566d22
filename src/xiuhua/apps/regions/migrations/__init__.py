"""Schema changes of the regions."""
