"""Drives: countdown, burn-down, places, task lists, what a shock cost."""
