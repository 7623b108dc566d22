"""Schema changes of the attachments."""
