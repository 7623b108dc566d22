"""Filling a gap never takes back a sure verdict: what unknown means.

A verdict met or unmet must stay when an empty cell is filled, whatever with. Rules
that ask whether something is known are left out: they are meant to change.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.generative.rules import random_standards
from tests.generative.tables import Registry, cells, registries

from xiuhua.core.compiler.assemble import assemble
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.engines.memory import Judge, Judged
from xiuhua.core.engines.rows import judged_row
from xiuhua.core.standards.expressions import Compare, Constant, IsKnown
from xiuhua.core.standards.resolver import Standard
from xiuhua.core.truth import Verdict


RUNS = int(os.environ.get("XIUHUA_RANDOM_RUNS", "0"))
_KEYS = ("household_id", "village_code")


def asks_what_is_known(standard: Standard) -> bool:
    for rule in standard.indicators:
        for node in (*rule.applies.walk(), *rule.met.walk()):
            if isinstance(node, IsKnown):
                return True
            if isinstance(node, Compare) and isinstance(node.right, Constant):
                if node.right.value == "unknown":
                    return True
    return False


def judged(standard: Standard, registry: Registry) -> Iterator[tuple[Any, Verdict]]:
    """Every verdict of every village and household, with what it is about."""
    judge, levels = Judge(standard), load_dictionary().levels
    households = [
        (
            household["village_code"],
            judged_row(
                levels["household"],
                household,
                [
                    judged_row(levels["person"], person)
                    for person in registry["person"]
                    if person["household_id"] == household["household_id"]
                ],
            ),
        )
        for household in registry["household"]
    ]
    tops = [row for _, row in households]
    # Where no rule asks about villages, none are read.
    if "village" in registry:
        tops = [
            judged_row(
                levels["village"],
                village,
                [row for code, row in households if code == village["village_code"]],
            )
            for village in registry["village"]
        ]
    for place, row in enumerate(tops):
        top = judge.judge(row)
        below: list[Judged] = [top, *top.below]
        for number, one in enumerate(below):
            for name, verdict in one.verdicts.items():
                yield (place, number, name), verdict


def filled(draw: st.DrawFn, registry: Registry) -> Registry:
    """The same rows with some of the empty cells filled; keys stay as they are."""
    more = {}
    for level, rows in registry.items():
        fields = load_dictionary().level(level).by_name
        more[level] = [
            {
                name: draw(cells(fields[name]))
                if value is None and name not in _KEYS and draw(st.booleans())
                else value
                for name, value in row.items()
            }
            for row in rows
        ]
    return more


@settings(
    max_examples=RUNS or 150,
    derandomize=not RUNS,
    deadline=None,
    database=None,
    phases=tuple(Phase) if RUNS else (Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_a_sure_verdict_stays(data: st.DataObject) -> None:
    standard, rules = data.draw(random_standards())
    if not standard.indicators or asks_what_is_known(standard):
        return
    registry = data.draw(registries(assemble(standard, load_dictionary()).reads))
    before = dict(judged(standard, registry))
    after = dict(judged(standard, filled(data.draw, registry)))
    for about, verdict in before.items():
        if verdict in (Verdict.MET, Verdict.UNMET):
            assert _compatible(verdict, after[about]), (about, rules)


def _compatible(before: Verdict, after: Verdict) -> bool:
    # A requirement that is met although its condition was unknown may prove not to
    # apply; a condition that applies for sure does so still.
    if before is Verdict.MET:
        return after in (Verdict.MET, Verdict.NOT_APPLICABLE)
    return after is before
