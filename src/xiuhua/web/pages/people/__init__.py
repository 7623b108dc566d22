"""People: register them, give them posts, hand out one-time codes."""
