"""Schema changes of the accounts."""
