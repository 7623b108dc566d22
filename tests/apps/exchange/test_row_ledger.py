"""Rows in a file = new + updated + unchanged + repeated + conflict + rejected (I2)."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.exchange import (
    HOUSEHOLD_HEAD,
    PERSON_HEAD,
    home,
    make_upload,
    member,
    promote,
    sheets,
    workbook_bytes,
)
from tests.factories.moments import NOON
from tests.factories.registry import VILLAGE

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.exchange.rules import Origin, is_balanced
from xiuhua.apps.exchange.staging import store
from xiuhua.apps.exchange.staging.comparing import Basis
from xiuhua.apps.exchange.staging.reading import read_and_compare
from xiuhua.apps.registry.models import Household


pytestmark = pytest.mark.usefixtures("each_database")
VILLAGES = [VILLAGE, VILLAGE, VILLAGE, "990101101999", "990102101201", None]
homes = st.lists(
    st.builds(
        home,
        st.integers(1, 6),
        village=st.sampled_from(VILLAGES),
        phone=st.sampled_from(["13900000001", "139", None]),
        wage=st.sampled_from([1001, 2500.5, "很多", None]),
    ),
    min_size=1,
    max_size=8,
)
members = st.lists(
    st.builds(
        member,
        st.integers(1, 7),
        st.integers(1, 3),
        sex=st.sampled_from(["男", "女", "不明白"]),
        born=st.sampled_from(["1960-01-01", "昨天", None]),
    ),
    max_size=10,
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(households=homes, persons=members)
def test_every_generated_sheet_balances(households, persons):
    if not Household.unscoped.exists():
        promote(make_upload(sheets(1, 2, 3)))
    data = workbook_bytes(
        {"户": [HOUSEHOLD_HEAD, *households], "人": [PERSON_HEAD, *persons]}
    )
    basis = Basis("990101101", Origin.NATIONAL, NOON, False, frozenset({VILLAGE}))
    with region_scope(["990101101"]), store.scratch("ledger") as folder:
        source = Path(folder, "名册.xlsx")
        source.write_bytes(data)
        ledger = read_and_compare(source, folder, basis, lambda *_: None).ledger

    assert ledger.rows == len(households) + len(persons)
    assert is_balanced(ledger.counts, ledger.rows), ledger
