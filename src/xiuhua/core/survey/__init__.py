"""Draw samples, estimate from them, and judge rates against thresholds."""
