"""Schema changes of the plans."""
