"""The registry held against the finding.

Exited households where nothing was found, yet which the registry judges unmet or
unknown: either the registry or the check is wrong, and both can be looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.reasons import PARAM, Reason
from xiuhua.core.screening.run import Screening
from xiuhua.core.screening.why import reasoned_households
from xiuhua.core.standards.binder import OVERALL
from xiuhua.core.truth import Verdict
from xiuhua.core.verification.findings import Checked, Finding, Kind
from xiuhua.core.wording import Wording


@dataclass(frozen=True)
class Held:
    """A household where nothing was found, with what the registry says against it.

    `reasons` speak of values, never of names. `parameter_only` says that the verdict
    is unknown only because a parameter of the standard has no value.
    """

    row: Checked
    village_name: str
    verdict: str
    unmet: tuple[str, ...]
    unknown: tuple[str, ...]
    reasons_zh: tuple[str, ...]
    reasons_en: tuple[str, ...]
    parameter_only: bool


def held_against(screening: Screening, rows: Sequence[Checked]) -> tuple[Held, ...]:
    """Return the exited households found in order that the registry does not confirm.

    In the order of their numbers.
    """
    normal = {
        row.household_id: row
        for row in rows
        if row.kind is Kind.EXITED and row.finding is Finding.NORMAL and row.counts
    }
    names = dict(
        screening.results.execute(
            "SELECT village_code, village_name FROM village"
        ).fetchall()
        if _has_names(screening)
        else []
    )
    wordings = [
        Wording(screening.standard, load_dictionary(), lang) for lang in ("zh", "en")
    ]
    return tuple(
        _held(normal[found.household_id], names, found.reasons, wordings)
        for found in reasoned_households(screening)
        if found.household_id in normal and found.row.verdicts[OVERALL] in _AGAINST
    )


_AGAINST = (Verdict.UNMET, Verdict.UNKNOWN)


def _has_names(screening: Screening) -> bool:
    columns = screening.results.execute("DESCRIBE village").fetchall()
    return "village_name" in {row[0] for row in columns}


def _held(
    row: Checked,
    names: dict[str, str | None],
    reasons: Sequence[Reason],
    wordings: Sequence[Wording],
) -> Held:
    ids = {
        verdict: tuple(r.indicator.id for r in reasons if r.verdict is verdict)
        for verdict in _AGAINST
    }
    zh, en = (
        tuple(dict.fromkeys(w.cause(r, c) for r in reasons for c in r.causes))
        for w in wordings
    )
    causes = [c for r in reasons for c in r.causes]
    return Held(
        row=row,
        village_name=names.get(row.village) or "",
        verdict=(Verdict.UNMET if ids[Verdict.UNMET] else Verdict.UNKNOWN).word,
        unmet=ids[Verdict.UNMET],
        unknown=ids[Verdict.UNKNOWN],
        reasons_zh=zh,
        reasons_en=en,
        parameter_only=bool(causes) and all(c.level == PARAM for c in causes),
    )
