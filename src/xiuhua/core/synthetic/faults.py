"""Plant faults and gaps in a made-up county, and say exactly where.

A household bears at most one fault, so that no fault hides or causes another. One
that cannot bear the kind drawn for it (no pupil, one member only) stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.synthetic.columns import EMPTY, Columns
from xiuhua.core.synthetic.draws import Draws, Ints
from xiuhua.core.synthetic.families import RELATIONS
from xiuhua.core.synthetic.persons import EDUCATIONS, FIRST_STAGE_OF_STUDY, SKILLS


GAP: Final = "gap"
HOUSEHOLD_GAPS: Final = (
    "enough_food",
    "seasonal_clothing",
    "housing_grade",
    "water_quantity",
    "water_quality",
    "water_supply_rate",
    "wage_income",
    "transfer_income",
)
PERSON_GAPS: Final = ("birth_date", "resident_medical_insurance", "school_stage")
DEFAULT_RATE: Final = 0.001
_GAP_WEIGHT: Final = 5
_FINEST: Final = 2**32
_NO_VILLAGE: Final = b"999999"
_DOUBLED_SLOT: Final = b"91"


class FaultRateOutOfRange(XiuhuaError):
    """The rate of faults is below 0, or more than one a household would be needed."""

    code = "synthetic.fault_rate_out_of_range"


@dataclass(frozen=True)
class Fault:
    """A planted fault of a household, or of a person; `field` is the emptied field."""

    kind: str
    household_id: str
    person_id: str
    field: str = ""


@dataclass
class Planting:
    """Where faults are being planted: the tables of a county and what was done.

    `sizes` and `starts` say how many members a household has and in which row the
    first stands; `word` is one random number per household.
    """

    households: Columns
    persons: Columns
    sizes: Ints
    starts: Ints
    word: Ints
    faults: list[Fault] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    doubled: list[int] = field(default_factory=list)

    def members(self, home: int, first: int = 0) -> Ints:
        """Return the rows of the members of a household, from the `first` on."""
        return np.arange(
            self.starts[home] + first, self.starts[home] + self.sizes[home]
        )

    def one_of(self, home: int, rows: Ints) -> int | None:
        """Return one of these rows, None when there is none."""
        return int(rows[self.word[home] % len(rows)]) if len(rows) else None

    def note(
        self, kind: str, home: int, row: int | None = None, name: str = ""
    ) -> None:
        """Write down what was planted."""
        household = self.households.text("household_id", home)
        person = "" if row is None else self.persons.text("person_id", row)
        self.faults.append(Fault(kind, household, person, name))


Planter = Callable[[Planting, str, int], None]


def planted(
    households: Columns, persons: Columns, sizes: Ints, draws: Draws, rate: float
) -> tuple[Columns, list[Fault]]:
    """Plant faults in both tables; return the persons and the list of faults.

    Every kind hits a household with the given rate, gaps five times as often.

    Raises:
        FaultRateOutOfRange: when the rate is negative or beyond `MAX_RATE`.
    """
    check_rate(rate)
    step = int(rate * _FINEST)
    if not step:
        return persons, []
    planting = Planting(
        households,
        persons,
        sizes,
        np.cumsum(sizes) - sizes,
        draws.below("which member", _FINEST),
    )
    kinds = draws.below("kind of fault", _FINEST) // step
    for home in np.flatnonzero(kinds < len(_LOTS)).tolist():
        kind = _LOTS[int(kinds[home])]
        PLANTERS[kind](planting, kind, home)
    return _with_rows_moved(planting), planting.faults


def check_rate(rate: float) -> None:
    """Refuse a rate at which households would need more than one fault each.

    Raises:
        FaultRateOutOfRange: when it is such a rate.
    """
    if not 0 <= rate <= MAX_RATE:
        raise FaultRateOutOfRange(
            "the rate of faults is 0 to {most}, not {rate}", most=MAX_RATE, rate=rate
        )


def _with_rows_moved(planting: Planting) -> Columns:
    """Return the persons without those removed and with those entered twice."""
    persons = planting.persons
    if not planting.removed and not planting.doubled:
        return persons
    kept = np.delete(np.arange(len(persons)), planting.removed)
    rows = np.concatenate([kept, np.array(planting.doubled, dtype=np.int64)])
    order = np.argsort(rows, kind="stable")
    moved = persons.taken(rows[order])
    moved.digits["person_id"][order >= len(kept), -2:] = np.frombuffer(
        _DOUBLED_SLOT, dtype=np.uint8
    )
    return moved


def _id_duplicate(at: Planting, kind: str, home: int) -> None:
    """One member entered twice, under two numbers of persons."""
    row = at.one_of(home, at.members(home, 1))
    if row is None:
        return
    at.doubled.append(row)
    at.note(kind, home, row)
    again = at.faults[-1].person_id[:-2] + _DOUBLED_SLOT.decode()
    at.faults.append(Fault(kind, at.faults[-1].household_id, again))


def _id_length(at: Planting, kind: str, home: int) -> None:
    row = at.one_of(home, at.members(home))
    digits = at.persons.digits["id_number"]
    lengths = at.persons.lengths.setdefault(
        "id_number", np.full(len(digits), digits.shape[1], dtype=np.int64)
    )
    lengths[row] = 17 - at.word[home] % 2
    at.note(kind, home, row)


def _id_checksum(at: Planting, kind: str, home: int) -> None:
    row = at.one_of(home, at.members(home))
    digits = at.persons.digits["id_number"]
    right = int(digits[row, 17])
    digits[row, 17] = ord("0") if right == ord("X") else ord("0") + (right - 47) % 10
    at.note(kind, home, row)


def _id_birth_mismatch(at: Planting, kind: str, home: int) -> None:
    """An earlier birth date: the person grows older, so no other rule is touched."""
    row = at.one_of(home, at.members(home))
    at.persons.numbers["birth_date"][row] -= 1 + at.word[home] % 200
    at.note(kind, home, row)


def _id_sex_mismatch(at: Planting, kind: str, home: int) -> None:
    row = at.one_of(home, at.members(home))
    at.persons.numbers["sex"][row] = 1 - at.persons.numbers["sex"][row]
    at.note(kind, home, row)


def _double_insured(at: Planting, kind: str, home: int) -> None:
    row = at.one_of(home, at.members(home))
    for name in ("resident_medical_insurance", "employee_medical_insurance"):
        at.persons.numbers[name][row] = 1
    at.note(kind, home, row)


def _pupil(at: Planting, home: int) -> int | None:
    rows = at.members(home)
    stages = at.persons.numbers["school_stage"][rows]
    return at.one_of(home, rows[stages >= FIRST_STAGE_OF_STUDY])


def _labor_of_pupil(at: Planting, kind: str, home: int) -> None:
    row = _pupil(at, home)
    if row is not None:
        at.persons.numbers["labor_skill"][row] = SKILLS.index("ordinary")
        at.note(kind, home, row)


def _education_of_pupil(at: Planting, kind: str, home: int) -> None:
    row = _pupil(at, home)
    if row is not None:
        at.persons.numbers["education"][row] = EDUCATIONS.index("primary")
        at.note(kind, home, row)


def _several_heads(at: Planting, kind: str, home: int) -> None:
    row = at.one_of(home, at.members(home, 1))
    if row is not None:
        at.persons.numbers["relation_to_head"][row] = RELATIONS.index("head")
        at.note(kind, home, row)


def _no_head(at: Planting, kind: str, home: int) -> None:
    row = at.starts[home]
    at.persons.numbers["relation_to_head"][row] = RELATIONS.index("other")
    at.note(kind, home)


def _without_members(at: Planting, kind: str, home: int) -> None:
    at.removed.extend(at.members(home).tolist())
    at.note(kind, home)


def _orphan(at: Planting, kind: str, home: int) -> None:
    """The last member is entered under a household of a village that is not there."""
    rows = at.members(home, 1)
    if not len(rows):
        return
    row = int(rows[-1])
    nowhere = np.frombuffer(_NO_VILLAGE, dtype=np.uint8)
    serial = np.frombuffer(f"{home % 100_000:05d}".encode(), dtype=np.uint8)
    ids = at.persons.digits["household_id"]
    ids[row, 6:12], ids[row, 12:17] = nowhere, serial
    at.persons.digits["person_id"][row, :17] = ids[row]
    at.faults.append(
        Fault(
            kind,
            at.persons.text("household_id", row),
            at.persons.text("person_id", row),
        )
    )


def _gap(at: Planting, kind: str, home: int) -> None:
    """An empty cell in a field that some indicator needs."""
    names = HOUSEHOLD_GAPS + PERSON_GAPS
    name = names[(at.word[home] >> 8) % len(names)]
    if name in HOUSEHOLD_GAPS:
        at.households.numbers[name][home] = EMPTY
        at.note(kind, home, name=name)
        return
    row = at.one_of(home, at.members(home))
    if at.persons.numbers[name][row] != EMPTY:
        at.persons.numbers[name][row] = EMPTY
        at.note(kind, home, row, name)


PLANTERS: Final[Mapping[str, Planter]] = {
    "id_duplicate": _id_duplicate,
    "id_length": _id_length,
    "id_checksum": _id_checksum,
    "id_birth_mismatch": _id_birth_mismatch,
    "id_sex_mismatch": _id_sex_mismatch,
    "double_insured": _double_insured,
    "labour_of_minor_or_pupil": _labor_of_pupil,
    "education_and_school": _education_of_pupil,
    "several_heads": _several_heads,
    "no_head": _no_head,
    "household_without_members": _without_members,
    "orphan_person": _orphan,
    GAP: _gap,
}
_LOTS: Final = tuple(k for k in PLANTERS if k != GAP) + (GAP,) * _GAP_WEIGHT
MAX_RATE: Final = 0.05
