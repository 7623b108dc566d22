"""Counties and above, administrators and strangers ask for everything."""

from __future__ import annotations

import logging

import pytest
from tests.web.matrix.driver import held


ROLES = [
    "county_office",
    "county_leader",
    "sector_bureau",
    "supervision_team",
    "prefecture_officer",
    "province_officer",
    "people_administrator",
    "security_administrator",
    "audit_administrator",
    "nobody",
    "visitor",
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
