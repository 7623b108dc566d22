"""Enter the whole county: places, people, the register of a year ago, and the year.

Everything is one transaction: an installation has the county or has nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from xiuhua.apps.accounts import selectors as accounts
from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.assessments.running import run_perform
from xiuhua.apps.assessments.services import adoptions, health, runs
from xiuhua.apps.assessments.standards import own_packs_folder, standard_of
from xiuhua.apps.assistance.acts.entering import HelperSaid
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.errors import XiuhuaError
from xiuhua.demo.cast import cast_enter, kept_password
from xiuhua.demo.county import CountyTables, county_tables
from xiuhua.demo.driving import drive_acts
from xiuhua.demo.ground import places_enter
from xiuhua.demo.helping import Helping, helpers_shared
from xiuhua.demo.past import Past, Sheet, past_of
from xiuhua.demo.places import COUNTY
from xiuhua.demo.planned import plan_acts
from xiuhua.demo.problems import Ledger
from xiuhua.demo.reports import campaign_begin, villages_report
from xiuhua.demo.rows import Home, homes_of
from xiuhua.demo.sheets import moment, register_enter, sheet_enter
from xiuhua.demo.situations import (
    Situation,
    large_family_completed,
    named_rarely,
    situations_of,
)
from xiuhua.demo.standards import (
    DOCUMENT,
    HOUSEHOLD_PACK,
    PARAMETERS,
    VILLAGE_PACK,
    standards_write,
)
from xiuhua.demo.stories import Act, Told, finished, taken_back


_LINE: Final = "poverty_line_yuan"
_DAYS_BEFORE_REGISTER: Final = 20
_RUN_DAYS: Final = (350, 170, 48, 7, 0)
Say = Callable[[str], None]


class DemoRefused(XiuhuaError):
    """The invented county may not be entered into this installation."""

    code = "demo.refused"


@dataclass(frozen=True)
class Plan:
    """What is to be entered: the county on a day, its past, and who stands for what."""

    on: date
    homes: dict[str, Home]
    past: Past
    villages: pa.Table
    situations: list[Situation]
    helpers: list[HelperSaid]


def county_load(*, at: datetime, say: Say = lambda text: None) -> str:
    """Enter the county unless it is there; return the password of its logins.

    What was entered since is left alone: a county that is there is not touched.

    Raises:
        DemoRefused: when the installation is no demonstration or has people of its own.
    """
    if not settings.DEMO:
        raise DemoRefused("an invented county is entered into a demonstration alone")
    on = timezone.localtime(at).date()
    loaded = regions.region_list(under=COUNTY, as_of=on).exists()
    if accounts.any_post_exists() and not loaded:
        raise DemoRefused("this installation has people of its own")
    password = kept_password(Path(settings.DATA_DIR))
    if loaded:
        return password
    standards_write(own_packs_folder())
    with transaction.atomic(), region_scope(EVERYWHERE):
        _enter(planned_county(on=on), password=password, say=say)
    return password


def planned_county(*, on: date) -> Plan:
    """Return the county as it is to stand on a day, with its past."""
    standard = standard_of(HOUSEHOLD_PACK, on, COUNTY, PARAMETERS)
    line = next(p.value for p in standard.params if p.param.name == _LINE)
    assert isinstance(line, Fraction)  # noqa: S101  an amount of money is one
    tables = county_tables(on=on, line_fen=int(line * 100))
    homes = homes_of(tables.household, tables.person)
    helpers = helpers_shared(homes.values())
    situations = _told(tables, homes, on)
    past = past_of(homes, on=on, spared=[s.number for s in situations])
    taken_back(past.homes, {s.key: homes[s.number] for s in situations})
    return Plan(on, homes, past, tables.village, situations, helpers)


def _told(tables: CountyTables, homes: dict[str, Home], on: date) -> list[Situation]:
    """Choose the households with a story and make those that must be made."""
    situations = situations_of(tables, homes)
    by_key = {s.key: homes[s.number] for s in situations}
    large_family_completed(by_key["large"])
    named_rarely(by_key["rare_names"])
    finished(by_key, on)
    return situations


def _enter(plan: Plan, *, password: str, say: Say) -> None:
    start = plan.past.first - timedelta(days=_DAYS_BEFORE_REGISTER)
    say("places")
    places_enter(on=plan.on, at=moment(start, 8))
    say("people")
    posts = cast_enter(password=password, since=start, on=plan.on, at=moment(start, 9))
    office = posts["county_office"]
    adoptions.pack_adopt(
        region=COUNTY,
        pack=HOUSEHOLD_PACK,
        document=DOCUMENT,
        as_of=plan.on,
        valid_from=start,
        by=office,
        at=moment(start),
        parameters=PARAMETERS,
        follows_calendar=True,
    )
    villages_report(plan.villages, start=start, on=plan.on, by=office)
    campaign_begin(start=start, on=plan.on, by=office, at=moment(start))
    say("register")
    register_enter(plan.past, by=office)
    say("helpers")
    helping = Helping(plan.helpers, plan.past.first, plan.on, posts)
    helping.begin()
    for act in sorted(_year(plan, posts, say), key=lambda act: act.day):
        act.do()
    say("visits")
    helping.go_on()
    health.health_check_ask(region=COUNTY, by=office, at=moment(plan.on, 8))


def _year(plan: Plan, posts: Mapping[str, Post], say: Say) -> Iterator[Act]:
    """Yield all that happened in the year: lists, acts on households, runs."""
    office, window = posts["county_office"], plan.past.windows[1]

    def entered(sheet: Sheet) -> Act:
        def do() -> None:
            say(f"{sheet.day} {sheet.title}")
            sheet_enter(sheet, window=window, by=office)

        return Act(sheet.day, do)

    yield from map(entered, plan.past.sheets)
    homes = {s.key: plan.homes[s.number] for s in plan.situations}
    yield from Told(homes, plan.on, window, posts).acts()
    told = {s.number for s in plan.situations}
    others = {n: home for n, home in plan.homes.items() if n not in told}
    yield from Ledger(plan.on, posts, others).acts()
    yield from plan_acts(on=plan.on, posts=posts)
    yield from drive_acts(on=plan.on, posts=posts)
    for days in _RUN_DAYS:
        day = plan.on - timedelta(days)
        yield Act(day, partial(run_done, day, by=office))


def run_done(day: date, *, by: Post) -> None:
    """Judge the whole county on a day, and keep the run."""
    run = runs.run_ask(
        region=COUNTY,
        as_of=day,
        by=by,
        at=moment(day, 18),
        pack=HOUSEHOLD_PACK,
        village_pack=VILLAGE_PACK,
    )
    run_perform(run_id=run.pk, clock=lambda: moment(day, 18))
