"""`audit_verify` and `audit_anchor`."""
