"""Days and instants the tests speak of."""

from datetime import UTC, date, datetime


TODAY = date(2019, 6, 23)
NOON = datetime(2019, 6, 23, 4, tzinfo=UTC)
