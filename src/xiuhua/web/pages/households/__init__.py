"""The archive: the list of households, a household's page, the acts on it."""
