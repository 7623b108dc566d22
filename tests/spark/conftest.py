"""One Spark session for the suite: starting one takes tens of seconds."""

from __future__ import annotations

import pytest

from xiuhua.core.engines.registry import open_engine


@pytest.fixture(scope="session")
def engine():
    found = open_engine("spark")
    yield found
    found._session.stop()
