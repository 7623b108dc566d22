"""Write standings, judgements, shortfalls and tallies, all four in one transaction.

The only writer of the four, so a tally is always the count over the other rows. What
was counted before is read from the rows themselves; the difference is added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from xiuhua.apps.assessments.judging import Assessed
from xiuhua.apps.assessments.models import (
    Judgement,
    Shortfall,
    Standing,
    Tally,
    TallyDay,
    Yardstick,
)
from xiuhua.apps.assessments.rules import (
    Cell,
    Counted,
    differences,
    since_of,
)
from xiuhua.apps.assessments.standards import InForce


# Seven values a cell; the databases take some thirty thousand in one statement.
_CELLS: Final = 1000
_ROWS: Final = 1000
_KEY: Final = ("region_code", "pack", "measure", "status", "verdict")


@cache
def measures_by(fingerprint: str) -> tuple[str, ...]:
    """Return the measures of judgements with a fingerprint, in the order of marks."""
    return tuple(Yardstick.objects.get(fingerprint=fingerprint).measures)


def _keep_yardstick(found: InForce) -> None:
    Yardstick.objects.bulk_create(
        [Yardstick(fingerprint=found.fingerprint, measures=list(found.measures))],
        ignore_conflicts=True,
    )


def standings_record(
    found: Mapping[int, Counted],
    stored: Mapping[int, tuple[int, Counted]],
    at: datetime,
) -> None:
    """Write the standings of households and what they change in the tallies.

    `stored` are those written before, each after its edition.
    """
    Standing.unscoped.bulk_create(
        [
            Standing(
                household_id=key,
                village_id=new.village,
                status=new.status,
                persons=new.persons,
                edition=stored[key][0] + 1 if key in stored else 1,
            )
            for key, new in found.items()
        ],
        update_conflicts=True,
        unique_fields=["household"],
        update_fields=["village", "status", "persons", "edition"],
        batch_size=_ROWS,
    )
    old = [counted for _, counted in stored.values()]
    tallies_add(differences(old, found.values()), at=at)


def judgements_record(
    found: InForce,
    household_ids: Sequence[int],
    assessed: Iterable[Assessed],
    *,
    at: datetime,
) -> list[tuple[int, str]]:
    """Write what a standard says of households, in parts of bounded size.

    A household of `household_ids` that is not among the assessed is no longer judged:
    its judgement goes, and its place in the tallies with it. Returns which of the
    households were judged by which other packs before.
    """
    unseen = set(household_ids)
    others: list[tuple[int, str]] = []
    stream = iter(assessed)
    while part := list(islice(stream, _ROWS)):
        unseen -= {item.household_id for item in part}
        others += _record_part(found, part, at=at)
    judgements_drop(found.pack, sorted(unseen), at=at)
    return others + judged_before(sorted(unseen))


def judged_before(household_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Return which households have judgements under which packs."""
    found: list[tuple[int, str]] = []
    for part in _parts(household_ids):
        stored = Judgement.unscoped.filter(household__in=part)
        found += stored.values_list("household_id", "pack")
    return found


def judgements_drop(pack: str, household_ids: Sequence[int], *, at: datetime) -> None:
    """Remove the judgements of households under a pack."""
    if not household_ids:
        return
    for part in _parts(household_ids):
        gone = Judgement.unscoped.filter(pack=pack, household__in=part)
        old = [_counted(j) for j in gone]
        gone.delete()
        Shortfall.unscoped.filter(pack=pack, household__in=part).delete()
        tallies_add(differences(old, ()), at=at)


def _parts(household_ids: Sequence[int]) -> Iterator[list[int]]:
    stream = iter(household_ids)
    while part := list(islice(stream, _ROWS)):
        yield part


def _record_part(
    found: InForce, part: list[Assessed], *, at: datetime
) -> list[tuple[int, str]]:
    keys = [item.household_id for item in part]
    stored = list(Judgement.unscoped.filter(household__in=keys))
    before = {j.household_id: j for j in stored if j.pack == found.pack}
    # Whoever wrote a judgement with this fingerprint kept the yardstick with it.
    if all(j.fingerprint != found.fingerprint for j in before.values()):
        _keep_yardstick(found)
    Judgement.unscoped.bulk_create(
        [_judgement(found, item, at) for item in part],
        update_conflicts=True,
        unique_fields=["household", "pack"],
        update_fields=[
            "village",
            "status",
            "persons",
            "overall",
            "verdicts",
            "results",
            "fingerprint",
            "as_of",
            "judged_at",
        ],
    )
    _record_shortfalls(found.pack, part, at=at)
    old = [_counted(j) for j in before.values()]
    tallies_add(differences(old, [item.counted for item in part]), at=at)
    return [(j.household_id, j.pack) for j in stored if j.pack != found.pack]


def _counted(stored: Judgement) -> Counted:
    return Counted(
        stored.village_id,
        stored.pack,
        stored.status,
        stored.persons,
        measures_by(stored.fingerprint),
        stored.verdicts,
    )


def _judgement(found: InForce, item: Assessed, at: datetime) -> Judgement:
    return Judgement(
        household_id=item.household_id,
        village_id=item.counted.village,
        pack=found.pack,
        status=item.counted.status,
        persons=item.counted.persons,
        overall=item.overall,
        verdicts=item.counted.verdicts,
        results=dict(item.results),
        fingerprint=found.fingerprint,
        as_of=found.standard.as_of,
        judged_at=at,
    )


def _record_shortfalls(pack: str, part: list[Assessed], *, at: datetime) -> None:
    keys = [item.household_id for item in part]
    before: defaultdict[int, dict[str, Shortfall]] = defaultdict(dict)
    for row in Shortfall.unscoped.filter(pack=pack, household__in=keys):
        before[row.household_id][row.indicator] = row
    day = timezone.localtime(at).date()
    gone: list[int] = []
    written: list[Shortfall] = []
    for item in part:
        known = before.get(item.household_id, {})
        wanted = item.shortfalls
        gone += [row.pk for name, row in known.items() if name not in wanted]
        for name, mark in wanted.items():
            new = _shortfall(pack, item, name, mark, known, day)
            if not _says_the_same(known.get(name), new):
                written.append(new)
    if gone:
        Shortfall.unscoped.filter(pk__in=gone).delete()
    Shortfall.unscoped.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=["household", "pack", "indicator"],
        update_fields=["village", "verdict", "reasons", "since"],
        batch_size=_ROWS,
    )


def _shortfall(
    pack: str,
    item: Assessed,
    name: str,
    mark: str,
    known: Mapping[str, Shortfall],
    day: date,
) -> Shortfall:
    marks = {n: (row.verdict, row.since) for n, row in known.items()}
    return Shortfall(
        household_id=item.household_id,
        village_id=item.counted.village,
        pack=pack,
        indicator=name,
        verdict=mark,
        reasons=item.reasons.get(name, []),
        since=since_of(marks, name, mark, day),
    )


def _says_the_same(old: Shortfall | None, new: Shortfall) -> bool:
    names = ("village_id", "verdict", "reasons", "since")
    return old is not None and all(getattr(old, n) == getattr(new, n) for n in names)


# tallies ------------------------------------------------------------------------------


def tallies_add(changes: Mapping[Cell, tuple[int, int]], *, at: datetime) -> None:
    """Add differences to the tallies, and note where the day leaves them.

    Cells come in order, so that two transactions wait for each other, never in a ring.
    """
    cells = iter(changes.items())
    day = timezone.localtime(at).date()
    while part := list(islice(cells, _CELLS)):
        _add_cells(part, day)


_Part = list[tuple[Cell, tuple[int, int]]]


def _add_cells(part: _Part, day: date) -> None:
    columns = ", ".join(_KEY)
    tally, tally_day = Tally._meta.db_table, TallyDay._meta.db_table
    chosen = ", ".join(f"t.{name}" for name in _KEY)
    with connection.cursor() as cursor:
        # Names of tables and columns are the program's own, values are parameters.
        kept = _cells_changed(cursor, part)
        # A cell counts for the first time once; most are there.
        if fresh := [item for item in part if _key(item[0]) not in kept]:
            blanks = ", ".join(
                [f"({', '.join(['%s'] * len(_KEY))}, 0, 0)"] * len(fresh)
            )
            cursor.execute(
                f"INSERT INTO {tally} ({columns}, households, persons)"  # noqa: S608
                f" VALUES {blanks} ON CONFLICT DO NOTHING",
                [value for cell, _ in fresh for value in _key(cell)],
            )
            _cells_changed(cursor, fresh)
        cursor.execute(
            f"INSERT INTO {tally_day} ({columns}, day, households, persons)"  # noqa: S608
            f" SELECT {chosen}, %s, t.households, t.persons"
            f" FROM {tally} AS t JOIN {_rows_of(part)} ON {_SAME} WHERE true"
            f" ON CONFLICT ({columns}, day) DO UPDATE SET"
            " households = excluded.households, persons = excluded.persons",
            [_day_value(day), *_values_of(part)],
        )


def _cells_changed(cursor: Any, part: _Part) -> set[tuple[str, ...]]:
    """Add differences to the cells that are there; return their keys."""
    cursor.execute(
        f"UPDATE {Tally._meta.db_table} AS t SET"  # noqa: S608  names of ours
        " households = households + v.column6, persons = persons + v.column7"
        f" FROM {_rows_of(part)} WHERE {_SAME} RETURNING {', '.join(_KEY)}",
        _values_of(part),
    )
    return {tuple(row) for row in cursor.fetchall()}


_SAME: Final = " AND ".join(f"t.{name} = v.column{i}" for i, name in enumerate(_KEY, 1))


def _rows_of(part: _Part) -> str:
    text = ", ".join(["CAST(%s AS VARCHAR(100))"] * len(_KEY))
    row = f"({text}, CAST(%s AS INTEGER), CAST(%s AS INTEGER))"
    return f"(VALUES {', '.join([row] * len(part))}) AS v"


def _values_of(part: _Part) -> list[Any]:
    return [v for cell, diff in part for v in (*_key(cell), *diff)]


def _key(cell: Cell) -> tuple[str, ...]:
    return (cell.region, cell.pack, cell.measure, cell.status, cell.verdict)


def _day_value(day: date) -> Any:
    return connection.ops.adapt_datefield_value(day)
