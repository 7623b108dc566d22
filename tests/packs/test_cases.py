"""Every pack is sound and every worked example of it comes out."""

from __future__ import annotations

import pytest

from xiuhua.core.packs import judge_case, load_pack, open_packs


NAMES = open_packs().names()
CASES = [
    pytest.param(pack, case, id=f"{name}:{case.indicator}:{case.where.line}")
    for name in NAMES
    for pack in [open_packs().read(name)[0]]
    for case in pack.cases
]


@pytest.mark.parametrize("name", NAMES)
def test_pack_is_sound(name: str) -> None:
    assert load_pack(name).id == name


@pytest.mark.parametrize(("pack", "case"), CASES)
def test_case_comes_out(pack, case) -> None:
    assert judge_case(pack, case) == case.expect
