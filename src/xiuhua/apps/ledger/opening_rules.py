"""Which causes open a problem by themselves: one function a rule.

An exited household that falls short; see `services.opening` for what follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from xiuhua.apps.assessments.models import Shortfall
from xiuhua.apps.assessments.standards import pack_read
from xiuhua.apps.ledger.codes import Duty, Kind, Precision, Source
from xiuhua.apps.ledger.rules import Found
from xiuhua.apps.registry.statuses import Poverty
from xiuhua.core.truth import Verdict
from xiuhua.messages import translator


_INCOME: Final = "income"
_SHORT: Final = "an exited household falls short now: {what}"


@dataclass(frozen=True)
class Cause:
    """Why a problem opens: a key that names the cause for good, and what was found."""

    key: str
    found: Found


def exited_unmet(day: date) -> Iterator[Cause]:
    """Yield the indicators in which exited households fall short.

    Judged unmet, with the values to show for it; not known is no shortfall here.
    """
    rows = Shortfall.objects.filter(
        household__poverty=Poverty.EXITED,
        household__ended_on__isnull=True,
        verdict=str(Verdict.UNMET.value),
    )
    rows = rows.select_related("household").order_by("pk")
    for row in rows.iterator(500):
        indicator = f"{row.pack}.{row.indicator}"
        label = _label(row.pack, row.indicator)
        yield Cause(
            key=f"exited_unmet:{row.household_id}:{indicator}",
            found=Found(
                region=row.village_id,
                source=str(Source.SCREENING),
                kind=str(
                    Kind.INDUSTRY if row.indicator == _INCOME else Kind.GUARANTEES
                ),
                duty=str(Duty.POLICY),
                precision=str(Precision.EXIT),
                indicator=indicator,
                description=_said(
                    "an exited household falls short now: {what}", what=label
                ),
                found_on=min(row.since, day),
                households=frozenset({row.household_id}),
                reference=f"assessments.shortfall:{row.pk}",
            ),
        )


def _said(template: str, **values: str) -> str:
    """Return a text of the ledger: it is kept, so it has one language."""
    return translator("zh")(template).format(**values)


def _label(pack: str, indicator: str) -> str:
    found = [i for i in pack_read(pack).indicators if i.id == indicator]
    return found[0].label.zh if found else indicator


RULES: Final[dict[str, Callable[[date], Iterator[Cause]]]] = {
    "exited_unmet": exited_unmet,
}
