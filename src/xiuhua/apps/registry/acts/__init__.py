"""What acts on the archive are made of: locks, columns, history, spans, the record."""
