"""Where a user starts, and in which post they act."""
