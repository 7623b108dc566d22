"""Set what the indicators look at, so that each household gets its planned verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from xiuhua.core.synthetic.columns import EMPTY, Columns
from xiuhua.core.synthetic.draws import Draws, Ints
from xiuhua.core.synthetic.families import Families
from xiuhua.core.synthetic.households import ATTAINMENTS, GRADES
from xiuhua.core.synthetic.persons import ABSENCES, EDUCATIONS, SKILLS, STAGES
from xiuhua.demo.families import SCHOOL_AGE
from xiuhua.demo.totals import FEW_INDUSTRIES, UNKNOWN_INDUSTRIES
from xiuhua.demo.verdicts import EDUCATION, UNKNOWN, UNMET, Plan


INCOME_PARTS: Final = (
    "wage_income",
    "business_income",
    "property_income",
    "transfer_income",
    "business_expense",
)
# By full years of age: what a child attends who is where it should be.
_STAGE_AT: Final = (
    *("before_school",) * 3,
    *("preschool",) * 3,
    *("primary",) * 6,
    *("junior_1", "junior_2", "junior_3"),
    "senior_1",
)
_SEED: Final = 71
# Net income per person in hundredths of the line: little by little more above it.
_ABOVE: Final = (104, 130, 155, 180, 210, 245, 290, 350, 430, 560, 980)
_BELOW: Final = (42, 100)
_LITRES: Final = (35, 90)
_DRY: Final = (8, 19)
_FAR: Final = (21, 60)
_WATER: Final = ("water_quantity", "water_quality", "water_round_trip")


def fit(
    household: Columns,
    person: Columns,
    people: Families,
    plan: Plan,
    *,
    line_fen: int,
) -> None:
    """Write the verdicts of the plan into the tables, as values of their fields."""
    draws = Draws(_SEED, np.arange(len(household), dtype=np.int64))
    _living(household, draws, plan)
    _water(household, draws, plan["safe_water"])
    _income(household, draws, plan["income"], people.sizes, line_fen)
    _industries(household, draws)
    _school(person, people, plan[EDUCATION])
    _insurance(person, people, plan["basic_medical"])


def _living(household: Columns, draws: Draws, plan: Plan) -> None:
    numbers = household.numbers
    for name, indicator in (("enough_food", "food"), ("seasonal_clothing", "clothing")):
        verdict = plan[indicator]
        numbers[name] = np.where(verdict == UNMET, 0, 1)
        numbers[name][verdict == UNKNOWN] = EMPTY
    verdict = plan["safe_housing"]
    safe = draws.between("safe", GRADES.index("A"), GRADES.index("B"))
    unsafe = draws.between("unsafe", GRADES.index("C"), GRADES.index("D"))
    numbers["housing_grade"] = np.where(verdict == UNMET, unsafe, safe)
    numbers["housing_grade"][verdict == UNKNOWN] = EMPTY


def _water(household: Columns, draws: Draws, verdict: Ints) -> None:
    """Let one of quantity, quality and distance be short, or not be known."""
    numbers = household.numbers
    which = draws.below("which", len(_WATER))
    short = [(verdict == UNMET) & (which == n) for n in range(len(_WATER))]
    quantity = np.where(
        short[0], draws.between("dry", *_DRY), draws.between("litres", *_LITRES)
    )
    fine = draws.below("fine", ATTAINMENTS.index("not_attained"))
    minutes = np.where(
        short[2], draws.between("far", *_FAR), draws.between("minutes", 0, 15)
    )
    numbers["water_quantity"] = quantity * 100
    numbers["water_quality"] = np.where(
        short[1], ATTAINMENTS.index("not_attained"), fine
    )
    numbers["water_round_trip"] = minutes * 10
    numbers["water_supply_rate"] = draws.between("rate", 92, 100) * 100
    for n, name in enumerate(_WATER):
        numbers[name][(verdict == UNKNOWN) & (which == n)] = EMPTY


def _income(
    household: Columns, draws: Draws, verdict: Ints, sizes: Ints, line_fen: int
) -> None:
    """Net income per person above or below the line, split into its parts."""
    share = draws.below("share", (len(_ABOVE) - 1) * 100)
    above = np.interp(share, np.arange(len(_ABOVE)) * 100, _ABOVE).astype(np.int64)
    below = draws.between("below", *_BELOW)
    hundredths = np.where(verdict == UNMET, below, above)
    # Odd amounts, as real ones are; nobody stands exactly on the line or above by it.
    net = hundredths * line_fen // 100 * sizes - draws.between("odd", 1, 99)
    wage = net * draws.between("wage", 20, 60) // 100
    transfer = net * draws.between("transfer", 8, 25) // 100
    rent = draws.happens("rent", 25_000) * (net * draws.between("part", 1, 6) // 100)
    expense = net * draws.between("expense", 2, 25) // 100
    business = net - wage - transfer - rent + expense
    for name, amount in zip(
        INCOME_PARTS, (wage, business, rent, transfer, expense), strict=True
    ):
        household.numbers[name] = amount
    missing = draws.below("missing", len(INCOME_PARTS))
    for n, name in enumerate(INCOME_PARTS):
        unknown = (verdict == UNKNOWN) & (missing == n)
        household.numbers[name][unknown] = EMPTY


def _industries(household: Columns, draws: Draws) -> None:
    """So many households with fewer than two industry measures, so many unknown."""
    order = np.argsort(draws.words("industry"), kind="stable")
    links = draws.between("links", 2, 4)
    few = order[:FEW_INDUSTRIES]
    links[few] = draws.below("few", 2)[few]
    links[order[FEW_INDUSTRIES : FEW_INDUSTRIES + UNKNOWN_INDUSTRIES]] = EMPTY
    household.numbers["industry_links"] = links


def _school(person: Columns, people: Families, verdict: Ints) -> None:
    """Every child where its age says; of one in a family it is unmet or unknown."""
    low, high = SCHOOL_AGE
    stages = np.array([STAGES.index(stage) for stage in _STAGE_AT])
    young = np.flatnonzero(people.age <= high)
    numbers = person.numbers
    numbers["school_stage"][young] = stages[people.age[young]]
    for name in ("education", "absence_reason"):
        numbers[name][young] = EMPTY
    numbers["labor_skill"][young] = SKILLS.index("none")
    pupils = np.flatnonzero((people.age >= low) & (people.age <= high))
    for row in _first_of(pupils, people, verdict == UNMET):
        numbers["school_stage"][row] = STAGES.index("not_in_school")
        numbers["education"][row] = EDUCATIONS.index("primary")
        numbers["absence_reason"][row] = ABSENCES.index("weary_of_school")
    for row in _first_of(pupils, people, verdict == UNKNOWN):
        numbers["school_stage"][row] = EMPTY


def _insurance(person: Columns, people: Families, verdict: Ints) -> None:
    every = np.arange(len(people.age))
    resident = person.numbers["resident_medical_insurance"]
    employee = person.numbers["employee_medical_insurance"]
    for row in _first_of(every, people, verdict == UNMET):
        resident[row] = employee[row] = 0
    for row in _first_of(every, people, verdict == UNKNOWN):
        resident[row], employee[row] = EMPTY, 0


def _first_of(rows: Ints, people: Families, wanted: Ints) -> Sequence[int]:
    """Return the first of these rows in every wanted household."""
    of = people.household[rows]
    first = np.flatnonzero(np.diff(of, prepend=-1))
    return [int(rows[n]) for n in first if wanted[of[n]]]
