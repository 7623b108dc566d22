"""Plant faults of every kind where they change no verdict, each person bearing one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from xiuhua.core.synthetic.columns import Columns
from xiuhua.core.synthetic.draws import Draws, Ints
from xiuhua.core.synthetic.families import RELATIONS, Families
from xiuhua.core.synthetic.persons import EDUCATIONS, SKILLS, STAGES
from xiuhua.demo.totals import FAULTS, INDICATORS
from xiuhua.demo.verdicts import MET, Plan


_SEED: Final = 31
_GROWN: Final = (30, 55)
_PUPIL: Final = STAGES.index("primary")


def plant(household: Columns, person: Columns, people: Families, plan: Plan) -> None:
    """Plant the faults the totals name in households that are met in everything."""
    draws = Draws(_SEED, np.arange(len(people.age), dtype=np.int64))
    met = np.min([plan[name] for name in INDICATORS], axis=0) == MET
    order = np.argsort(draws.words("who"), kind="stable")
    order = order[met[people.household[order]]]
    low, high = _GROWN
    age = people.age[order]
    grown = order[(age >= low) & (age <= high) & (people.slot[order] > 0)]
    one_each = _one_per_household(grown, people)
    _id_numbers(person, people, one_each)
    for row in _next(one_each, FAULTS["double_insured"]):
        for name in ("resident_medical_insurance", "employee_medical_insurance"):
            person.numbers[name][row] = 1
    for row in _next(one_each, FAULTS["several_heads"]):
        person.numbers["relation_to_head"][row] = RELATIONS.index("head")
    stage = person.numbers["school_stage"]
    pupils = iter(order[stage[order] >= _PUPIL].tolist())
    for row in _next(pupils, FAULTS["labour_of_minor_or_pupil"]):
        person.numbers["labor_skill"][row] = SKILLS.index("ordinary")
    for row in _next(pupils, FAULTS["education_and_school"]):
        person.numbers["education"][row] = EDUCATIONS.index("primary")


def _id_numbers(person: Columns, people: Families, rows: Iterator[int]) -> None:
    """Numbers too short, with a wrong check character, of two, of another birth."""
    digits = person.digits["id_number"]
    lengths = np.full(len(digits), digits.shape[1], dtype=np.int64)
    person.lengths["id_number"] = lengths
    for row in _next(rows, FAULTS["id_length"]):
        lengths[row] -= 1
    for row in _next(rows, FAULTS["id_checksum"]):
        right = chr(digits[row, 17])
        digits[row, 17] = ord("0" if right == "X" else str((int(right) + 1) % 10))
    for row in _next(rows, FAULTS["id_birth_mismatch"]):
        person.numbers["birth_date"][row] -= 40
    for row in _next(rows, FAULTS["id_sex_mismatch"]):
        person.numbers["sex"][row] = 1 - person.numbers["sex"][row]
    for first in _next(rows, FAULTS["id_duplicate"] // 2):
        sex = people.sex[first]
        second = next(row for row in rows if people.sex[row] == sex)
        digits[second] = digits[first]
        birth = person.numbers["birth_date"]
        birth[second] = birth[first]


def _one_per_household(rows: Ints, people: Families) -> Iterator[int]:
    used: set[int] = set()
    for row in rows.tolist():
        home = int(people.household[row])
        if home not in used:
            used.add(home)
            yield row


def _next(rows: Iterator[int], count: int) -> list[int]:
    return [next(rows) for _ in range(count)]
