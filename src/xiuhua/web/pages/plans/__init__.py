"""Pages of plans: what is done for a household, a person, a village, and by whom."""
