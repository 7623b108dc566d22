"""The acts on the archive, a module per kind of act; the only writers of its tables."""
