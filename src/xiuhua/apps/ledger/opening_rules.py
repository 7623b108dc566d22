"""Which causes open a problem by themselves: one function a rule.

An exited household that falls short; a village in which households that fall short have
no measure after the days allowed; a measure that is overdue. See `services.opening` for
what follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from xiuhua.apps.accounts.sectors import indicator_in_full
from xiuhua.apps.assessments.models import Shortfall
from xiuhua.apps.assessments.standards import pack_read
from xiuhua.apps.ledger.codes import Duty, Kind, Precision, Source
from xiuhua.apps.ledger.parameters import parameters
from xiuhua.apps.ledger.rules import Found
from xiuhua.apps.plans.selectors.measures import (
    households_without_measure,
    measures_overdue,
)
from xiuhua.apps.registry.models import Household
from xiuhua.apps.registry.statuses import Poverty
from xiuhua.core.truth import Verdict
from xiuhua.messages import translator


_INCOME: Final = "income"
_NO_MEASURE: Final = "{number} households fall short without a measure yet: {what}"
_LATE: Final = "a measure of the plan is not done, it was due on {day}"
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
                description=_said(_SHORT, what=label),
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


def _answered(household: Household, answers: str) -> str:
    """Return in full the indicator a measure answers, empty when it is no indicator.

    A shortfall says by which standard; one that is mended already is the shipped one's.
    """
    kind, _, name = answers.partition(":")
    if kind != "indicator":
        return ""
    short = Shortfall.objects.filter(household=household, indicator=name).first()
    return f"{short.pack}.{name}" if short else indicator_in_full(name)


def without_measure(day: date) -> Iterator[Cause]:
    """Yield villages in which households have no measure after the days allowed.

    One problem for a village and indicator and not one for each household: its plan is
    missing, and the bureau whose indicator it is sees it.
    """
    rows = households_without_measure(
        on=day, allowed_days=parameters().days_without_measure
    )
    lacking: dict[tuple[str, str, str], set[int]] = {}
    for row in rows.iterator(500):
        place = row.village_id, row.pack, row.indicator
        lacking.setdefault(place, set()).add(row.household_id)
    for (village, pack, indicator), households in sorted(lacking.items()):
        label = _label(pack, indicator)
        yield Cause(
            key=f"without_measure:{village}:{pack}.{indicator}",
            found=Found(
                region=village,
                source=str(Source.PLAN),
                kind=str(Kind.ASSISTANCE),
                duty=str(Duty.WORK),
                precision=str(Precision.ASSISTANCE),
                indicator=f"{pack}.{indicator}",
                description=_said(_NO_MEASURE, number=str(len(households)), what=label),
                found_on=day,
                households=frozenset(households),
                is_common=len(households) > 1,
            ),
        )


def measure_overdue(day: date) -> Iterator[Cause]:
    """Yield measures of households that are late by more than the days allowed.

    What the measure is stands in the plan, which is shown to those who may see it.
    """
    late = measures_overdue(on=day, late_days=parameters().days_measure_late)
    for measure in late.iterator(500):
        household = measure.plan.household
        if household is None:
            continue
        yield Cause(
            key=f"measure_overdue:{measure.pk}",
            found=Found(
                region=household.village_id,
                source=str(Source.PLAN),
                kind=str(Kind.ASSISTANCE),
                duty=str(Duty.WORK),
                precision=str(Precision.ASSISTANCE),
                indicator=_answered(household, measure.answers),
                description=_said(_LATE, day=measure.deadline.isoformat()),
                found_on=day,
                households=frozenset({household.pk}),
                reference=f"plans.measure:{measure.pk}",
            ),
        )


RULES: Final[dict[str, Callable[[date], Iterator[Cause]]]] = {
    "exited_unmet": exited_unmet,
    "without_measure": without_measure,
    "measure_overdue": measure_overdue,
}
