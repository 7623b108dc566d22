"""Schema changes of the audit."""
