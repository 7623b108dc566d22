"""`xiuhua demo`: a county at work by one command; the second start keeps everything."""

from __future__ import annotations

import pytest
from tests.config.serving import query
from tests.demonstration import Demo, password_of, started_once


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_the_second_start_keeps_what_was_entered(tmp_path_factory):
    first = started_once(tmp_path_factory, "second_start")
    folder = first.folder
    rows = "SELECT count(*), sum(version) FROM registry_household"
    [(households, versions)] = query(folder, rows)
    query(folder, "UPDATE registry_household SET version = version + 1")

    second = Demo(folder)
    try:
        again = second.wait()
    finally:
        code = second.end()

    assert code == 0
    assert households > 500
    assert query(folder, rows) == [(households, versions + households)]
    assert password_of(first.said) == password_of(again)
    assert "county_office" in first.said
    assert "county_office" in again
