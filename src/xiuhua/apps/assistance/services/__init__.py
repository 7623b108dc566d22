"""Change who helps: one module per thing that is changed."""
