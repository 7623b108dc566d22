"""Read who helps whom: one module per thing that is asked."""
