"""What lies between a file and the registry: kept files, comparison, outcomes."""
