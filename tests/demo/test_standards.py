"""The packs of the invented province are sound and say what they are."""

from __future__ import annotations

from datetime import date

import pytest

from xiuhua.core.packs import load_pack, open_packs, run_cases
from xiuhua.demo.standards import HOUSEHOLD_PACK, VILLAGE_PACK, standards_write


@pytest.mark.parametrize(
    ("name", "indicators"), [(HOUSEHOLD_PACK, 7), (VILLAGE_PACK, 7)]
)
def test_packs_are_sound_and_in_force_to_this_day(tmp_path, name, indicators):
    standards_write(tmp_path)

    pack = load_pack(name, open_packs(tmp_path))

    assert len(pack.indicators) == indicators
    assert date(2026, 11, 22) in pack.in_force
    assert run_cases(pack) == []
    assert "虚构" in pack.title.zh
    assert "invented" in pack.title.en


def test_written_twice_they_are_the_same(tmp_path):
    def files() -> dict[str, bytes]:
        return {str(f): f.read_bytes() for f in tmp_path.rglob("*.toml")}

    standards_write(tmp_path)
    once = files()
    standards_write(tmp_path)

    assert files() == once
