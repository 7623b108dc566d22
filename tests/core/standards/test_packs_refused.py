"""A pack with a fault is refused with file, line, reason and nearest name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from xiuhua.core.packs import load_pack, open_packs
from xiuhua.core.standards.fingerprint import fingerprint
from xiuhua.core.standards.reader import PackBroken
from xiuhua.core.standards.resolver import OutOfForce, ParamRefused, resolve
from xiuhua.core.truth import UNKNOWN


PACK = """id = "trial"
version = "1"
in_force = { from = 2019-01-01, to = 2021-01-01 }
[[document]]
id = "paper"
title = "文"
"""
PARAMS = """[[param]]
name = "line"
type = "money"
[[param.value]]
from = 2019-01-01
to = 2020-01-01
amount = 3218
document = "paper"
[[param.value]]
from = 2020-01-01
to = 2021-01-01
amount = 4000
document = "paper"
[[param.value]]
region = "61"
from = 2019-01-01
to = 2020-01-01
amount = 3070
document = "paper"
[[param.value]]
region = "610102"
from = 2019-01-01
to = 2020-01-01
amount = 3100
document = "paper"
[[param.gap]]
region = "62"
from = 2019-01-01
to = 2020-01-01
"""
RULES = """[[indicator]]
id = "income"
met = "wage_income > line"
reference = { document = "paper" }
"""
CASES = """as_of = 2019-06-01
[[case]]
indicator = "income"
household = { wage_income = 5000 }
expect = "met"
[[case]]
indicator = "income"
household = { wage_income = 10 }
expect = "unmet"
[[case]]
indicator = "income"
household = {}
expect = "unknown"
"""
FILES = {
    "pack.toml": PACK,
    "params.toml": PARAMS,
    "indicators.toml": RULES,
    "cases.toml": CASES,
}


def trial(root: Path, **changes: tuple[str, str]):
    folder = root / "trial"
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        old, new = changes.get(name.removesuffix(".toml"), ("", ""))
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1) if old else text + new)
    return load_pack("trial", open_packs(root))


def test_the_pack_itself_is_sound(tmp_path) -> None:
    assert trial(tmp_path).id == "trial"


TWICE = '\n[[indicator]]\nid = "income"\nmet = "enough_food"\n'


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        (
            "indicators",
            "wage_income",
            "wage_incom",
            "trial/indicators.toml:3:8: unknown name `wage_incom` "
            "(did you mean `wage_income`?)",
        ),
        (
            "indicators",
            "> line",
            "> lime",
            "trial/indicators.toml:3:22: unknown name `lime` (did you mean `line`?)",
        ),
        ("indicators", "", TWICE, "trial/indicators.toml:6: `income` stands twice"),
        ("indicators", 'id = "income"', "", "trial/indicators.toml:1: `id` is missing"),
        ("indicators", "> line", "", "`met` must be a condition, this is a number"),
        (
            "indicators",
            'document = "paper"',
            'document = "papier"',
            "unknown document `papier` (did you mean `paper`?)",
        ),
        ("params", 'amount = 4000\ndocument = "paper"', "amount = 4000", "no document"),
        ("params", "from = 2020-01-01", "from = 2020-02-01", "has no value from"),
        ("params", "from = 2020-01-01", "from = 2019-12-01", "overlap from 2019-12-01"),
        ("params", "amount = 4000", 'amount = "much"', "'much' is no value of line"),
        ("params", "", '\n[[param]]\nname = "line"\n', "`line` stands twice"),
        ("cases", 'expect = "unmet"', 'expect = "met"', "has no case that is unmet"),
        ("cases", "{ wage_income = 10 }", "{ wage = 10 }", "unknown field `wage`"),
        ("cases", 'expect = "unmet"', 'expect = "no"', "`no` is no verdict"),
        ("pack", 'id = "trial"', 'id = "other"', "must be its folder's name"),
        (
            "indicators",
            'met = "wage',
            'aplies = "true"\nmet = "wage',
            "trial/indicators.toml:3:11: unknown key `aplies` "
            "(did you mean `applies`?)",
        ),
        ("params", "amount = 3218", "amount = [3218]", "`amount` cannot be [3218]"),
        ("params", "to = 2020-01-01", "to = 2018-01-01", "ends before it begins"),
        ("pack", 'id = "paper"\n', "", "trial/pack.toml:4: `id` is missing"),
        ("pack", 'title = "文"', 'title = "文"\nstatus = "sure"', "unknown status"),
        ("cases", "expect", "expected", "unknown key `expected`"),
        ("pack", "", "", ""),
    ],
)
def test_refused(tmp_path, file, old, new, found) -> None:
    if not found:
        trial(tmp_path)
        return
    with pytest.raises(PackBroken) as caught:
        trial(tmp_path, **{file: (old, new)})
    assert found in str(caught.value)


def test_a_pack_cannot_extend_itself(tmp_path) -> None:
    extends = ('version = "1"', 'version = "1"\nextends = "trial"')
    with pytest.raises(PackBroken, match="extends itself"):
        trial(tmp_path, pack=extends)


def test_only_numbers_have_decimals(tmp_path) -> None:
    derive = '\n[[derive]]\nname = "x"\nvalue = "enough_food"\ndecimals = 1\n'
    with pytest.raises(PackBroken, match="a boolean has no decimals"):
        trial(tmp_path, indicators=("", derive))


def test_derived_fields_that_double_are_refused(tmp_path) -> None:
    chain = '\n[[derive]]\nname = "d0"\nvalue = "enough_food"\n' + "".join(
        f'[[derive]]\nname = "d{n}"\nvalue = "d{n - 1} and (d{n - 1} or food)"\n'
        for n in range(1, 30)
    ).replace("food)", "seasonal_clothing)")
    with pytest.raises(PackBroken, match="more than 2000 parts"):
        trial(tmp_path, indicators=("", chain))


@pytest.mark.parametrize(
    ("file", "old", "new", "same"),
    [
        ("indicators", "wage_income > line", "(wage_income)  >  line", True),
        ("pack", 'title = "文"', 'title = "另一文"', True),
        ("indicators", "> line", ">= line", False),
        ("params", "amount = 4000", "amount = 4001", False),
        ("params", 'region = "62"', 'region = "63"', False),
    ],
)
def test_fingerprint_is_of_the_meaning(tmp_path, file, old, new, same) -> None:
    before = fingerprint(trial(tmp_path / "before"))
    after = fingerprint(trial(tmp_path / "after", **{file: (old, new)}))
    assert (before == after) is same


@pytest.mark.parametrize(
    ("region", "as_of", "line"),
    [
        ("239906", date(2019, 12, 31), 3218),
        ("239906", date(2020, 1, 1), 4000),
        ("610101", date(2019, 6, 1), 3070),
        ("610102", date(2019, 6, 1), 3100),
        ("620101", date(2019, 6, 1), UNKNOWN),
        ("620101", date(2020, 6, 1), 4000),
    ],
)
def test_the_smallest_region_decides(tmp_path, region, as_of, line) -> None:
    standard = resolve(trial(tmp_path), as_of=as_of, region=region)
    assert standard.params[0].value == line


def test_a_given_value_replaces_and_is_on_record(tmp_path) -> None:
    day = date(2019, 6, 1)
    pack = trial(tmp_path)
    given = resolve(pack, as_of=day, region="23", given={"line": "3500.50"}).params[0]
    assert (given.value * 100, given.given) == (350050, True)
    with pytest.raises(ParamRefused, match="no value of parameter line"):
        resolve(pack, as_of=day, region="23", given={"line": "3500.505"})


def test_out_of_force(tmp_path) -> None:
    with pytest.raises(OutOfForce):
        resolve(trial(tmp_path), as_of=date(2021, 1, 1), region="23")
