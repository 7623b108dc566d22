"""A standard → named SQL steps, dialect-neutral; sqlglot writes them for an engine."""
