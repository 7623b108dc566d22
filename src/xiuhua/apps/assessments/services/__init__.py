"""What assessments do, by act."""
