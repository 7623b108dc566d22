"""Static checks of a pack beyond what reading finds: dates, documents, cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from xiuhua.core.dictionary.model import Dictionary
from xiuhua.core.errors import Place
from xiuhua.core.periods import Period
from xiuhua.core.region_codes import level_of
from xiuhua.core.standards.binder import OVERALL, nearest
from xiuhua.core.standards.faults import Fault
from xiuhua.core.standards.model import Case, Pack, Param, Reference
from xiuhua.core.truth import Verdict


STALE_AFTER: Final = timedelta(days=366)
CASE_VERDICTS: Final = (Verdict.MET, Verdict.UNMET, Verdict.UNKNOWN)
_BELOW: Final = {"persons": "person", "households": "household", "villages": "village"}


def check_pack(pack: Pack, dictionary: Dictionary) -> list[Fault]:
    """Return the faults of a pack that has been read; an empty list is sound."""
    return [
        *_check_references(pack),
        *_check_periods(pack),
        *_check_cases(pack, dictionary),
    ]


def stale_params(pack: Pack, *, on: date) -> list[Fault]:
    """Return a warning for every parameter nobody has checked for a year."""
    return [
        Fault(p.where, f"parameter {p.name} was last checked on {p.last_checked}")
        for p in pack.params.values()
        if p.last_checked is None or on - p.last_checked > STALE_AFTER
    ]


def _check_references(pack: Pack) -> Iterator[Fault]:
    for param in pack.params.values():
        for value in param.values:
            if not value.reference.document:
                yield Fault(value.where, f"a value of {param.name} names no document")
            elif not _known(value.reference, pack):
                yield _unknown_document(value.reference, pack, value.where)
            if value.region and level_of(value.region) is None:
                yield Fault(value.where, f"{value.region} is no region code")
    for indicator in pack.indicators:
        if not indicator.references:
            yield Fault(indicator.where, f"indicator {indicator.id} names no document")
        for reference in indicator.references:
            if not _known(reference, pack):
                yield _unknown_document(reference, pack, indicator.where)


def _known(reference: Reference, pack: Pack) -> bool:
    return reference.document in pack.documents


def _unknown_document(reference: Reference, pack: Pack, where: Place) -> Fault:
    hint = nearest(reference.document, pack.documents)
    return Fault(where, f"unknown document `{reference.document}`", hint)


def _check_periods(pack: Pack) -> Iterator[Fault]:
    for param in pack.params.values():
        regions = {v.region for v in param.values} | {g.region for g in param.gaps}
        for region in sorted(regions | {""}):
            yield from _check_layer(param, region, pack.in_force)


def _check_layer(param: Param, region: str, in_force: Period) -> Iterator[Fault]:
    """Overlaps are refused in every layer, undeclared gaps in the national one."""
    spans = [(v.period, v.where) for v in param.values if v.region == region]
    spans += [(g.period, g.where) for g in param.gaps if g.region == region]
    for period, where in spans:
        if period.start and period.end and period.start >= period.end:
            yield Fault(where, f"a period of {param.name} ends before it begins")
    spans.sort(key=lambda span: (span[0].start or date.min, span[0].end or date.max))
    for (before, _), (after, where) in pairwise(spans):
        if before.overlaps(after):
            yield Fault(where, f"two values of {param.name} overlap from {after.start}")
    if region == "":
        yield from _check_cover(param, [period for period, _ in spans], in_force)


def _check_cover(
    param: Param, periods: list[Period], in_force: Period
) -> Iterator[Fault]:
    reached = in_force.start or date.min
    end = in_force.end or date.max
    for period in [*periods, Period(end, end)]:
        start = period.start or date.min
        if start > reached and reached < end:
            yield Fault(
                param.where,
                f"{param.name} has no value from {reached} to {min(start, end)}",
                "declare the gap with [[param.gap]] if no value is known",
            )
        reached = max(reached, period.end or date.max)


def _check_cases(pack: Pack, dictionary: Dictionary) -> Iterator[Fault]:
    known = {i.id: i.level for i in pack.indicators}
    for case in pack.cases:
        if case.indicator not in (*known, OVERALL):
            hint = nearest(case.indicator, known)
            yield Fault(case.where, f"unknown indicator `{case.indicator}`", hint)
        if case.expect not in [v.word for v in Verdict]:
            yield Fault(case.where, f"`{case.expect}` is no verdict")
        yield from _check_rows(case, pack, dictionary)
    for indicator in pack.indicators:
        shown = {c.expect for c in pack.cases if c.indicator == indicator.id}
        missing = [v.word for v in CASE_VERDICTS if v.word not in shown]
        if missing:
            yield Fault(
                indicator.where,
                f"indicator {indicator.id} has no case that is {', '.join(missing)}",
                "add it to cases.toml",
            )


def _check_rows(case: Case, pack: Pack, dictionary: Dictionary) -> Iterator[Fault]:
    for key, content in case.rows.items():
        level = _BELOW.get(key, key)
        rows = content if isinstance(content, list) else [content]
        derived = {d.name for d in pack.derived if d.level == level}
        known = set(dictionary.level(level).by_name) | derived | set(_BELOW)
        for row in rows:
            for name in row:
                if name not in known:
                    yield Fault(
                        case.where, f"unknown field `{name}`", nearest(name, known)
                    )
