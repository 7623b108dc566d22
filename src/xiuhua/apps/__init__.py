"""The domain: Django apps, each importing only those below it (order in pyproject)."""
