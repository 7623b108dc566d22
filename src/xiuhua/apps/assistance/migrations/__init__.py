"""Schema changes of who helps."""
