"""Adoptions, judgements and all that hangs on them."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories.moments import NOON, TODAY
from tests.factories.registry import make_household

from xiuhua.apps.assessments.models import (
    Adoption,
    Campaign,
    Completeness,
    Fault,
    Judgement,
    Run,
    Shortfall,
    Standing,
    Tally,
    TallyDay,
    Yardstick,
)
from xiuhua.apps.assessments.standards import pack_read
from xiuhua.core.standards.fingerprint import fingerprint


COUNTY = "990101"


def make_adoption(region: str = COUNTY, pack: str = "household_exit", **said: Any):
    """Put a pack in force without asking whether it may be."""
    from tests.factories.regions import make_region  # noqa: PLC0415

    make_region(region)
    found = pack_read(pack)
    usual = {"unit": found.unit, "document": "县扶组2019-1号", "locked": False}
    usual |= {"fingerprint": fingerprint(found), "valid_from": date(2018, 1, 1)}
    usual |= {"as_of": TODAY, "follows_calendar": False, "adopted_at": NOON}
    usual |= {"parameters": {"water_area": "short"}, "adopted_by": "test"}
    return Adoption.unscoped.create(region_id=region, pack=pack, **usual | said)


def make_yardstick(**said: Any) -> Yardstick:
    """Keep a yardstick of two measures."""
    usual = {"fingerprint": "0" * 16, "measures": ["income", "overall"]}
    return Yardstick.objects.create(**usual | said)


def make_standing(household: Any = None, **said: Any) -> Standing:
    """Keep a standing; the household's own is replaced."""
    household = household or make_household()
    Standing.unscoped.filter(household=household).delete()
    usual = {"status": "registered/not_exited/none", "persons": 1}
    return Standing.unscoped.create(
        household=household, village=household.village, **usual | said
    )


def make_judgement(household: Any = None, **said: Any) -> Judgement:
    """Keep a judgement of a household."""
    household = household or make_household()
    usual = {"pack": "household_exit", "status": "not_exited", "persons": 1}
    usual |= {"overall": "0", "verdicts": "00", "fingerprint": "0" * 16}
    usual |= {"as_of": TODAY, "judged_at": NOON}
    return Judgement.unscoped.create(
        household=household, village=household.village, **usual | said
    )


def make_shortfall(household: Any = None, **said: Any) -> Shortfall:
    """Keep a shortfall of a household."""
    household = household or make_household()
    usual = {"pack": "household_exit", "indicator": "income", "verdict": "0"}
    return Shortfall.unscoped.create(
        household=household, village=household.village, since=TODAY, **usual | said
    )


def make_tally(region: str = COUNTY, **said: Any) -> Tally:
    """Keep a cell of a tally."""
    return Tally.unscoped.create(region_id=_region(region), **_cell() | said)


def make_tally_day(region: str = COUNTY, **said: Any) -> TallyDay:
    """Keep what a cell was on a day."""
    return TallyDay.unscoped.create(
        region_id=_region(region), **_cell() | {"day": TODAY} | said
    )


def _region(code: str) -> str:
    from tests.factories.regions import make_region  # noqa: PLC0415

    return make_region(code).code


def _cell() -> dict[str, Any]:
    return {
        "pack": "household_exit",
        "measure": "income",
        "status": "not_exited",
        "verdict": "0",
        "households": 1,
        "persons": 2,
    }


def make_run(region: str = COUNTY, **said: Any) -> Run:
    """Keep a run that waits."""
    usual = {"pack": "household_exit", "village_pack": "", "adopted": True}
    usual |= {"as_of": TODAY, "state": "waiting", "asked_at": NOON, "asked_by": "test"}
    return Run.unscoped.create(region_id=_region(region), **usual | said)


def make_fault(household: Any = None, **said: Any) -> Fault:
    """Keep a fault of a household."""
    household = household or make_household()
    usual = {"kind": "no_head", "level": "household", "field": "household_id"}
    return Fault.unscoped.create(
        household=household, village=household.village, found_at=NOON, **usual | said
    )


def make_completeness(village: str = "990101101201", **said: Any) -> Completeness:
    """Keep how far a field is filled in in a village."""
    usual = {"level": "household", "field": "phone", "wanted": 2, "filled": 1}
    return Completeness.unscoped.create(village_id=_region(village), **usual | said)


def make_campaign(region: str = COUNTY, **said: Any) -> Campaign:
    """Set a campaign from mid 2018 to the end of 2020 with a reserve of 90 days."""
    usual = {"name": "三年行动", "starts_on": date(2018, 6, 15)}
    usual |= {"deadline": date(2020, 12, 31), "reserve_days": 90}
    usual |= {"document": "中发2018-16号", "changed_at": NOON}
    return Campaign.unscoped.create(region_id=_region(region), **usual | said)
