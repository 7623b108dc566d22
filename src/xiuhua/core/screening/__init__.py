"""A county's workbook judged from start to end: read, resolve, run, explain, write."""
