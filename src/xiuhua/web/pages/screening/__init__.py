"""Screening: standards in force, runs and their comparison, lists by threshold."""
