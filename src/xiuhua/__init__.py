"""绣花 xiuhua: targeted poverty alleviation, household by household."""

__version__ = "0.1.0"
