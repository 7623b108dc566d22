"""Villages, townships and those who check ask for everything."""

from __future__ import annotations

import logging

import pytest
from tests.web.matrix.driver import held


ROLES = [
    "helper",
    "village_secretary",
    "first_secretary",
    "grid_worker",
    "township_clerk",
    "township_leader",
    "inspector",
    "enumerator",
    "two regions",
]


# The pages are the same on both databases; what SQL differs in is tested by the apps.
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nobody_sees_or_changes_what_is_not_theirs(each_database, settings, tmp_path):
    logging.disable(logging.CRITICAL)
    try:
        findings = held(ROLES, settings, tmp_path)
    finally:
        logging.disable(logging.NOTSET)

    assert findings.requests >= 5_000
