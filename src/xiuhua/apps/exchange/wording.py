"""Why a row is rejected and what would mend it, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from xiuhua.core.intake.faults import FAULT_KINDS, FAULT_SCHEMA, FaultKind
from xiuhua.core.intake.wording import worded
from xiuhua.messages import translator


OWN_KINDS: Final = {
    kind.name: kind
    for kind in (
        FaultKind(
            "household_refused",
            "the household of this person is not taken",
            "mend the row of the household first",
        ),
        FaultKind(
            "number_elsewhere",
            "the number belongs to a household outside your region",
            "check the number",
        ),
        FaultKind(
            "person_elsewhere",
            "the person number belongs to somebody in another household",
            "enter the move on the page of the household, or correct the number",
        ),
        FaultKind(
            "village_missing",
            "there is no such village in your region",
            "correct the code of the village",
        ),
        FaultKind(
            "village_refused",
            "the rows of this village contradict each other",
            "keep the one right row; until then the village is left out",
        ),
        FaultKind(
            "household_ended",
            "the household has ended in the registry",
            "remove the row, or ask the county office to enter the household anew",
        ),
        FaultKind(
            "row_unknown",
            "nobody with this number is in the registry of your region",
            "correct the number, or remove the row",
        ),
        FaultKind(
            "too_long",
            "{column} holds more than can be kept",
            "shorten it",
        ),
        FaultKind(
            "still_to_come",
            "{column} lies after the day the file was made",
            "write the day or year it was, or leave the cell empty",
        ),
        FaultKind(
            "row_ambiguous",
            "this number stands more than once",
            "keep the one right row",
        ),
    )
}
"""Kinds of our own, beside those found on reading."""


def reasons_worded(
    reasons: Sequence[Mapping[str, Any]], language: str
) -> list[tuple[str, str]]:
    """Return problem and remedy of each reason, in `zh` or `en`."""
    say = translator(language)
    found = worded(_as_faults(reasons), language).to_pylist()
    told = iter((row["problem"], row["remedy"]) for row in found)
    words = []
    for reason in reasons:
        own = OWN_KINDS.get(reason["kind"])
        if own is None:
            words.append(next(told))
        else:
            problem = say(own.problem).format(column=reason.get("column"))
            words.append((problem, say(own.remedy)))
    return words


def in_both_languages(reasons: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return problem and remedy of each reason, Chinese above English."""
    pairs = zip(
        reasons_worded(reasons, "zh"), reasons_worded(reasons, "en"), strict=True
    )
    return [f"{zh[0]}：{zh[1]}\n{en[0]}: {en[1]}" for zh, en in pairs]


def _as_faults(reasons: Sequence[Mapping[str, Any]]) -> pa.Table:
    rows = [
        {name: reason.get(name) for name in FAULT_SCHEMA.names}
        for reason in reasons
        if reason["kind"] in FAULT_KINDS
    ]
    return pa.Table.from_pylist(rows, schema=FAULT_SCHEMA)
