"""One household for every situation there is, found in the county or made in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from xiuhua.core.dictionary.model import Label
from xiuhua.core.id_number import check_character
from xiuhua.demo.county import LARGE_FAMILY_EXTRA, CountyTables
from xiuhua.demo.places import TOWNSHIP, VILLAGE
from xiuhua.demo.rows import Home, Row
from xiuhua.demo.totals import INDICATORS
from xiuhua.demo.verdicts import MET, UNKNOWN, UNMET


# Names a program or a typeface can stumble over: rare characters, a middle dot, a long
# name. Nobody in them is anybody.
RARE_NAMES: Final = ("𬭎䶮龘", "㛃阿依古丽·吐尔逊买买提", "𠮷靐")
_LARGEST: Final = 12


@dataclass(frozen=True)
class Situation:
    """A situation and the number of the household that shows it."""

    key: str
    label: Label
    number: str


_LABELS: Final = {
    "all_met": Label("各项均达标", "Everything met"),
    "income": Label("收入不达标", "Income short"),
    "food": Label("吃饭有困难", "Not enough food"),
    "clothing": Label("穿衣有困难", "Not enough clothing"),
    "compulsory_education": Label("有适龄人员失学", "A child out of school"),
    "basic_medical": Label("有成员未参保", "A member uninsured"),
    "safe_housing": Label("住房不安全", "Unsafe dwelling"),
    "safe_water": Label("饮水不安全", "Unsafe water"),
    "unknown": Label("情况不明", "Not known"),
    "several": Label("多项不达标", "Short in several ways"),
    "empty": Label("户内无人", "Nobody entered"),
    "large": Label("十二口之家", "A family of twelve"),
    "rare_names": Label("生僻字姓名", "Names in rare characters"),
    "moved": Label("迁入本村", "Moved to another village"),
    "split": Label("分户而来", "Split off another household"),
    "parent_of_split": Label("分出一户", "Lost members to a household of their own"),
    "merged": Label("并入一户", "Took another household in"),
    "birth": Label("新生儿", "A child was born"),
    "death": Label("成员去世", "A member has died"),
    "married": Label("婚入", "A member married in"),
    "away": Label("成员外出又回来", "A member left and came back"),
    "relapsed": Label("返贫", "Back in poverty"),
    "monitored": Label("监测中", "Monitored"),
    "cleared": Label("风险已消除", "Risk cleared"),
    "corrected": Label("多次更正", "Corrected several times"),
}
Verdicts = Mapping[str, int]


def situations_of(tables: CountyTables, homes: Mapping[str, Home]) -> list[Situation]:
    """Find a household for each situation; no household stands for two.

    Those of the village and the township where most of the cast work come first.
    """
    verdicts = {
        number: {name: int(tables.plan[name][place]) for name in INDICATORS}
        for place, number in enumerate(homes)
    }
    near = (VILLAGE, TOWNSHIP, "")
    numbers = sorted(homes, key=lambda n: [not n.startswith(code) for code in near])
    taken: set[str] = set()
    found = []
    for key, label in _LABELS.items():
        fits = _fitting(key)
        number = next(
            n for n in numbers if n not in taken and fits(homes[n], verdicts[n])
        )
        taken.add(number)
        found.append(Situation(key, label, number))
    return found


def _fitting(key: str) -> Callable[[Home, Verdicts], bool]:
    if key in INDICATORS:
        return lambda home, verdicts: _short_in(verdicts, UNMET) == [key]
    special: dict[str, Callable[[Home, Verdicts], bool]] = {
        "unknown": lambda home, v: bool(home.persons) and _open(v),
        "several": lambda home, v: len(_short_in(v, UNMET)) > 1,
        "empty": lambda home, v: not home.persons,
        "large": lambda home, v: _sound(home, v, _LARGEST - LARGE_FAMILY_EXTRA),
        "split": lambda home, v: _sound(home, v, 2),
        "parent_of_split": lambda home, v: _sound(home, v, 3),
        "merged": lambda home, v: _sound(home, v, 4),
        "birth": lambda home, v: _sound(home, v, 3) and _grown(home),
        "death": lambda home, v: _sound(home, v, 3) and _grown(home),
        "married": lambda home, v: _sound(home, v, 2),
        "relapsed": lambda home, v: _short_in(v, UNMET) == ["safe_housing"],
    }
    return special.get(key, lambda home, v: _sound(home, v, 3))


def _short_in(verdicts: Verdicts, mark: int) -> list[str]:
    return [name for name, verdict in verdicts.items() if verdict == mark]


def _open(verdicts: Verdicts) -> bool:
    return bool(_short_in(verdicts, UNKNOWN)) and not _short_in(verdicts, UNMET)


def _sound(home: Home, verdicts: Verdicts, persons: int) -> bool:
    met = all(verdict == MET for verdict in verdicts.values())
    return met and len(home.persons) == persons


def _grown(home: Home) -> bool:
    """Test whether nobody goes to school: no verdict hangs on one more or less."""
    return all(p["school_stage"] is None for p in home.persons.values())


def large_family_completed(home: Home) -> None:
    """Let brothers and sisters of the head live with the family: twelve in all."""
    first = next(iter(home.persons.values()))
    for nth in range(LARGE_FAMILY_EXTRA):
        member = _sibling(first, nth)
        home.persons[f"{home.number}{len(home.persons) + 1:02d}"] = member


def _sibling(head: Row, nth: int) -> Row:
    member = deepcopy(head)
    born = head["birth_date"] + timedelta(days=-700 - 61 * nth)
    sequence = 901 + 2 * nth
    digits = f"{head['id_number'][:6]}{born:%Y%m%d}{sequence}"
    return member | {
        "name": f"{head['name'][0]}{'东南西北中上'[nth]}山",
        "sex": "male",
        "birth_date": born,
        "id_number": digits + check_character(digits),
        "relation_to_head": "other",
        "resident_medical_insurance": True,
        "employee_medical_insurance": False,
    }


def named_rarely(home: Home) -> None:
    """Give the members names in rare characters, the head's among them."""
    for person, name in zip(home.persons.values(), RARE_NAMES, strict=False):
        person["name"] = name
    home.values["head_name"] = RARE_NAMES[0]
