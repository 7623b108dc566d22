"""`import_divisions` and `import_boundaries`."""
