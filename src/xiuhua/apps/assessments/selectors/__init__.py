"""What pages show of assessments, by subject."""
