"""Find the helpers rows of a sheet name, by one rule for every kind of sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from xiuhua.apps.assistance.choices import Rank
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.sheets.choices import words_to_codes
from xiuhua.apps.sheets.heads import CellUnfit, Form, Head
from xiuhua.apps.sheets.kinds import Row
from xiuhua.core.dictionary.model import Mask
from xiuhua.core.region_codes import LENGTH_BY_LEVEL


_COUNTY: Final = LENGTH_BY_LEVEL["county"]
RANKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "正处": "division_head",
        "副处": "division_deputy",
        "正科": "section_head",
        "副科": "section_deputy",
        "一般干部": "staff",
        "正处级": "division_head",
        "副处级": "division_deputy",
        "正科级": "section_head",
        "副科级": "section_deputy",
        "一般": "staff",
        **{code: code for code in Rank.values},
    }
)


@cache
def ranks() -> Mapping[str, str]:
    """Return every word a rank goes by, in both languages, to its code."""
    return {**words_to_codes(Rank.choices), **RANKS}


# How a rank is written in a sheet that is handed out.
RANK_WORDS: Final = {code: word for word, code in list(RANKS.items())[4::-1]}
NAME: Final = Head(
    "helper",
    "姓名",
    "name",
    synonyms=("帮扶责任人", "帮扶人", "走访人", "队员姓名"),
    mask=Mask.PERSONAL,
    most=100,
    shown=True,
)
UNIT: Final = Head("unit", "单位", "unit", synonyms=("工作单位", "帮扶单位"), most=100)
NUMBER: Final = Head(
    "number", "帮扶干部编号", "helper number", Form.CODE, synonyms=("编号",)
)


class Known:
    """The helpers of a county, by number and by name with or without their unit."""

    def __init__(self, region: str, *, left: bool = False):
        found = Helper.unscoped.filter(within(region[:_COUNTY], "unit__region_id"))
        if not left:
            found = found.filter(left_on__isnull=True)
        self._by_key: dict[int, Helper] = {}
        self._by_number: dict[str, Helper] = {}
        self._by_name: defaultdict[tuple[str, str], list[Helper]] = defaultdict(list)
        for helper in found.select_related("unit"):
            self._by_key[helper.pk] = helper
            self._by_number[helper.number] = helper
            for unit in ("", helper.unit.name):
                self._by_name[(helper.name, unit)].append(helper)

    def get(self, key: int | None) -> Helper | None:
        """Return the helper of a key, None for nobody."""
        return None if key is None else self._by_key.get(key)

    def of(self, row: Row) -> Helper | None:
        """Return whom a row names, None when nobody; what is unclear is rejected."""
        if row["number"]:
            helper = self._by_number.get(row["number"])
            if helper is None:
                row.reject("number", CellUnfit("no helper has this number"))
            return helper
        named = self._by_name.get((row["helper"] or "", row["unit"] or ""), [])
        if len(named) > 1:
            row.reject("helper", CellUnfit("several are called so: give the number"))
            return None
        return named[0] if named else None

    def named(self, row: Row) -> Helper | None:
        """Return whom a row names; naming nobody who is known is rejected."""
        helper = self.of(row)
        told = any(key in ("number", "helper") for key, _ in row.faults)
        if helper is None and not told:
            row.reject(
                "helper",
                CellUnfit(
                    "no helper is called so", hint="send the sheet of helpers first"
                ),
            )
        return helper
