"""The functional core: read → check → resolve → compile → run → explain. No Django."""
