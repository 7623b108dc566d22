"""Files as evidence on the page of a household, and how they are sent."""
