"""Decide what a row of a file means to the registry. No database, clock or files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.intake.sources import TABLE_ENDINGS


class StepImpossible(XiuhuaError):
    """An upload is not at the point where this can be done with it."""

    code = "exchange.step_impossible"


class FileRefused(XiuhuaError):
    """A file is not taken: of a kind not read, empty, or too large."""

    code = "exchange.file_refused"


class State(StrEnum):
    """How far an upload has come."""

    RECEIVED = "received"
    READING = "reading"
    COMPARED = "compared"
    PROMOTING = "promoting"
    PROMOTED = "promoted"
    UNDONE = "undone"
    FAILED = "failed"
    DISCARDED = "discarded"


# From state to state. Reading and promoting can be begun again: a killed worker leaves
# them, and what it had not finished counts for nothing.
TRANSITIONS: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        State.RECEIVED: frozenset({State.READING, State.FAILED, State.DISCARDED}),
        State.READING: frozenset(
            {State.READING, State.COMPARED, State.FAILED, State.DISCARDED}
        ),
        State.COMPARED: frozenset({State.READING, State.PROMOTING, State.DISCARDED}),
        State.PROMOTING: frozenset(
            {State.PROMOTING, State.PROMOTED, State.READING, State.FAILED}
        ),
        State.PROMOTED: frozenset({State.UNDONE}),
        State.FAILED: frozenset({State.READING, State.DISCARDED}),
        State.UNDONE: frozenset(),
        State.DISCARDED: frozenset(),
    }
)


class Origin(StrEnum):
    """Where a file comes from, which says what its differences mean."""

    NATIONAL = "national"
    OWN = "own"
    LIST = "list"


class Outcome(StrEnum):
    """What becomes of a row; the later in this order prevails for a row of several."""

    DUPLICATE = "duplicate"
    UNCHANGED = "unchanged"
    UPDATED = "updated"
    NEW = "new"
    CONFLICT = "conflict"
    REJECTED = "rejected"


class Difference(StrEnum):
    """What the value of a field in a file means to ours."""

    SAME = "same"
    CHANGED = "changed"
    BEHIND = "behind"
    CONFLICT = "conflict"


class Choice(StrEnum):
    """Which value of a conflict stays."""

    OURS = "ours"
    FILE = "file"


BLOCKING: Final = frozenset(
    {
        "bad_value",
        "out_of_range",
        "unknown_code",
        "number_damaged",
        "columns_differ",
        "missing_required",
        "outside_region",
        "household_conflict",
        "village_conflict",
        "duplicate_person_id",
        "orphan_person",
        "household_refused",
        "number_elsewhere",
        "person_elsewhere",
        "village_missing",
        "village_refused",
        "row_unknown",
        "row_ambiguous",
        "household_ended",
    }
)
"""Faults that keep their row out; all others are shown and counted as data health."""

UPLOAD_ENDINGS: Final = TABLE_ENDINGS | {".zip"}
DOWNLOAD_LIFE: Final = timedelta(minutes=15)
"""How long a finished download can be fetched (RELIABILITY P11)."""


@dataclass(frozen=True)
class KeptFile:
    """A file as it was kept: its folder, name, digest and size."""

    key: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Edit:
    """An edit made here that the file may not know of: the value before it."""

    before: Any


def check_step(state: State, wanted: State) -> None:
    """Refuse a step an upload cannot take.

    Raises:
        StepImpossible: when `wanted` does not follow from `state`.
    """
    if wanted not in TRANSITIONS[state]:
        raise StepImpossible(
            "the upload cannot go from {state} to {wanted}",
            state=state.value,
            wanted=wanted.value,
        )


def check_file(*, ending: str, size: int, most: int) -> None:
    """Refuse a file by its ending or size; `most` is in bytes.

    Raises:
        FileRefused: with what would be taken.
    """
    if ending.lower() not in UPLOAD_ENDINGS:
        raise FileRefused(
            "files ending in {ending} are not taken",
            ending=ending or "-",
            hint="send .xlsx, .xls, .csv or .zip",
        )
    if not size:
        raise FileRefused("the file is empty")
    if size > most:
        raise FileRefused(
            "the file has more than {most} MB",
            most=most >> 20,
            hint="split it by township",
        )


def difference(ours: Any, theirs: Any, *, edit: Edit | None) -> Difference:
    """Return what a file's value means beside ours.

    Where the value was edited here after the file was made, a file that still holds
    the value before is behind, and a file that holds a third value contradicts.
    """
    if ours == theirs:
        return Difference.SAME
    if edit is None:
        return Difference.CHANGED
    return Difference.BEHIND if theirs == edit.before else Difference.CONFLICT


def outcome_of_row(kinds: Iterable[Difference]) -> Outcome:
    """Return what becomes of a row whose fields differ like this.

    >>> outcome_of_row([Difference.SAME, Difference.BEHIND]).value
    'unchanged'
    """
    found = set(kinds)
    if Difference.CONFLICT in found:
        return Outcome.CONFLICT
    return Outcome.UPDATED if Difference.CHANGED in found else Outcome.UNCHANGED


def prevailing(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome of a row that holds several records.

    A row that gave no record of its own repeats another one.

    >>> prevailing([Outcome.UNCHANGED, Outcome.NEW]).value, prevailing([]).value
    ('new', 'duplicate')
    """
    order = list(Outcome)
    return max(outcomes, key=order.index, default=Outcome.DUPLICATE)


def is_balanced(counts: Mapping[str, int], rows: int) -> bool:
    """Test whether every row of a file is accounted for exactly once.

    >>> is_balanced({"new": 2, "rejected": 1}, 3)
    True
    """
    known = {outcome.value for outcome in Outcome}
    return counts.keys() <= known and sum(counts.values()) == rows


def is_taken(kind: Difference, choice: Choice | None) -> bool:
    """Test whether the file's value replaces ours; undecided conflicts stay ours."""
    if kind is Difference.CONFLICT:
        return choice is Choice.FILE
    return kind is Difference.CHANGED


DOWNLOADS: Final[Mapping[str, str]] = MappingProxyType(
    {"marked": "rows.import", "sheet": "rows.export", "export": "rows.export"}
)
"""The kinds of download and the permission each takes."""
_REASON_LENGTH: Final = 4


class ReasonMissing(XiuhuaError):
    """Secret fields were asked for without saying why."""

    code = "exchange.reason_missing"


def check_reason(reason: str) -> str:
    """Return a reason fit to be recorded.

    Raises:
        ReasonMissing: when it is too short to be one.
    """
    tidy = " ".join(reason.split())[:500]
    if len(tidy) < _REASON_LENGTH:
        raise ReasonMissing(
            "say in {least} characters or more why secret fields are needed;"
            " it is recorded",
            least=_REASON_LENGTH,
        )
    return tidy


MAPPING_KEYS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "household": frozenset({"household_id", "head_id_number"}),
        "person": frozenset({"person_id", "id_number"}),
    }
)
"""The fields by which rows of a foreign list are found, by level."""
UNMAPPED: Final = frozenset({"year", "village_code"})
"""Fields a foreign list cannot change."""


class MappingUnfit(XiuhuaError):
    """A mapping names no key, or fields that do not go together."""

    code = "exchange.mapping_unfit"


def check_mapping(columns: Mapping[str, str]) -> None:
    """Refuse a mapping that leads to nobody or to two kinds of record at once.

    Raises:
        MappingUnfit: with what is missing.
    """
    levels = {place.partition(".")[0] for place in columns.values()}
    if len(levels) != 1:
        raise MappingUnfit(
            "all columns must be fields of persons, or all of households",
            hint="map the others in a second list",
        )
    names = [place.partition(".")[2] for place in columns.values()]
    if len(set(names)) < len(names):
        raise MappingUnfit("two columns cannot be the same field")
    level = levels.pop()
    if not MAPPING_KEYS[level] & set(names):
        raise MappingUnfit("one column must say who is meant: a number or an ID number")
    if not set(names) - MAPPING_KEYS[level]:
        raise MappingUnfit("no column holds anything to be taken over")
