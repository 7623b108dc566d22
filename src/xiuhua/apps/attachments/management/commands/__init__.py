"""`attachments_clean`, `attachments_verify`."""
