"""Read plans, measures, and what is due from whom."""
