"""Plans of the invented county: agreed on in the year, delivered in part, some late.

What was agreed on paper comes in as a list, as a county enters it; deliveries, checks
and delays are acts of their own on their days. A second list is a proposal still.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.plans.acts.taking import Taken
from xiuhua.apps.plans.models import Measure
from xiuhua.apps.plans.parameters import parameters
from xiuhua.apps.plans.proposals import Family, proposed, track_of
from xiuhua.apps.plans.rules import Act as Step
from xiuhua.apps.plans.selectors.families import families_of
from xiuhua.apps.plans.selectors.page import usual_deadline
from xiuhua.apps.plans.services import measures as measured
from xiuhua.apps.plans.services.batches import measures_take
from xiuhua.apps.registry.models import Household
from xiuhua.demo.places import COUNTY, TOWNSHIP, VILLAGE
from xiuhua.demo.sheets import moment
from xiuhua.demo.stories import Act


# The household the tutorial tells of: its plan is made there.
TOLD: Final = f"{VILLAGE}00065"
_AGREED, _PROPOSED = 110, 18  # days before the day the county stands on
_FIRST_DUE, _LAST_DUE = 86, 190  # days after the agreement
# Of a hundred households: agreed on below, proposed below; the others are left.
_OF_HUNDRED: Final = (95, 99)
# Of so many measures that are due, one is late.
_LATE_ONE_IN: Final = 60
_STEP: Final = 37
# What is done, what it brings a year, what it costs, whose money, which office.
_MEANS: Final[Mapping[str, tuple[str, int | None, int | None, str, str]]] = {
    "industry": (
        "养猪五头，合作社保底回收",
        4500,
        6000,
        "财政专项扶贫资金",
        "县农业农村局",
    ),
    "employment": ("县内扶贫车间务工一人", 18000, 500, "就业补助资金", "县人社局"),
    "finance": ("扶贫小额信贷三万元养牛", 3600, 30000, "扶贫小额信贷", "县农商行"),
    "public_post": ("聘为护林员", 8000, 8000, "生态补偿资金", "县林业局"),
    "safe_housing": ("C级危房改造，验收入住", None, 20000, "危房改造补助", "县住建局"),
    "safe_water": ("接通自来水入户", None, 2600, "饮水安全巩固提升资金", "县水利局"),
    "health": ("家庭医生签约，参保缴费代办", None, 280, "医疗救助资金", "县卫健局"),
    "compulsory_education": ("控辍保学，送返学校", None, None, "", "县教育局"),
    "education": ("落实教育资助", None, 1250, "教育资助资金", "县教育局"),
    "guarantee": ("按程序纳入低保", 4200, 4200, "城乡低保资金", "县民政局"),
    "living_conditions": ("改厨改厕硬化院坝", None, 8000, "人居环境资金", "县住建局"),
    "infrastructure": ("通组路硬化至户", None, 15000, "财政专项扶贫资金", "县交通局"),
}
# What is asked for as proof, in the village people look at first.
_EVIDENCE: Final = {"safe_housing": "photo", "safe_water": "photo"}
_USUAL: Final = ("结对帮扶，解决实际困难", None, 600, "社会帮扶资金", "县扶贫办")


def plan_acts(*, on: date, posts: Mapping[str, Post]) -> Iterator[Act]:
    """Yield what was planned and delivered up to the day the county stands on."""
    agreed, later = on - timedelta(_AGREED), on - timedelta(_PROPOSED)
    first, second = _OF_HUNDRED
    signed = _entered("帮扶计划清单（虚构）", agreed, range(first), posts, agreed=True)
    mere = _entered("补充措施清单（虚构）", later, range(first, second), posts)
    yield Act(agreed, signed)
    yield Act(later, mere)
    yield Act(on, lambda: _delivered(on, posts))


def _entered(
    title: str,
    day: date,
    of_hundred: range,
    posts: Mapping[str, Post],
    *,
    agreed: bool = False,
) -> Callable[[], object]:
    def do() -> object:
        short = Household.objects.filter(shortfalls__verdict="0", ended_on=None)
        short = short.exclude(number=TOLD)
        chosen = [
            household
            for household in short.distinct().order_by("number")
            if _drawn(household.number, 100) in of_hundred
        ]
        last = usual_deadline(region=COUNTY, on=day)
        taken = [
            _taken(household, family, Days(day, last), posts, agreed)
            for household, family in families_of(chosen, year=day.year)
        ]
        return measures_take(
            taken=[one for one in taken if one.measures],
            source=title,
            digest=hashlib.sha256(f"{title} {day}".encode()).hexdigest(),
            by=posts["county_office"],
            at=moment(day, 15),
        )

    return do


@dataclass(frozen=True)
class Days:
    """When a list was agreed on, and the last day before the campaign's reserve."""

    agreed: date
    last: date


def _taken(
    household: Household,
    family: Family,
    days: Days,
    posts: Mapping[str, Post],
    agreed: bool,
) -> Taken:
    by = parameters()
    track = track_of(family, by)
    owner = owner_of(household.village_id, posts)
    measures = [
        _facts(proposal.kind, proposal.answers, owner, _due(household, days, place))
        for place, proposal in enumerate(proposed(family, by))
    ]
    signed = {
        "family": household.head_name or "户主",
        "helper": household.helper_name or owner.user.full_name,
        "team": posts["first_secretary"].user.full_name,
    }
    return Taken(
        household,
        days.agreed.year,
        measures,
        track=track.value if track else "",
        signed=signed if agreed else None,
    )


def _facts(kind: str, answers: str, owner: Post, due: date) -> dict[str, Any]:
    what, income, money, source, unit = _MEANS.get(kind, _USUAL)
    demanded = _EVIDENCE.get(kind, "") if owner.role == "helper" else ""
    return {
        "kind": kind,
        "what": what,
        "answers": answers,
        "income_yuan": None if income is None else Decimal(income),
        "money_yuan": None if money is None else Decimal(money),
        "money_source": source,
        "unit": unit,
        "owner": owner,
        "deadline": due,
        "demanded": demanded,
    }


def owner_of(village: str, posts: Mapping[str, Post]) -> Post:
    """Return who delivers in a village: the nearest of the cast."""
    if village == VILLAGE:
        return posts["helper"]
    near = village.startswith(TOWNSHIP)
    return posts["township_clerk" if near else "county_office"]


def _checker_of(village: str, posts: Mapping[str, Post]) -> Post:
    if village == VILLAGE:
        return posts["first_secretary"]
    near = village.startswith(TOWNSHIP)
    return posts["township_leader" if near else "supervision_team"]


def _due(household: Household, days: Days, place: int) -> date:
    """Return a deadline; only one in sixteen households is planned into the reserve."""
    span = _LAST_DUE - _FIRST_DUE
    shift = (_drawn(household.number, span) + place * _STEP) % span
    due = days.agreed + timedelta(_FIRST_DUE + shift)
    return due if _drawn(household.number, 16) == 0 else min(due, days.last)


def _drawn(key: str, below: int) -> int:
    """Return a number below another that is always the same for a key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % below


def _delivered(on: date, posts: Mapping[str, Post]) -> None:
    """Deliver most of what is due, check most of that off; some of it is late."""
    rows = Measure.objects.filter(state="planned").select_related("plan__household")
    for measure in rows.filter(demanded="").order_by("deadline", "pk"):
        drawn = _drawn(measure.once, 20)
        if measure.deadline >= on:
            _begun(measure, drawn, on, posts)
            continue
        if _drawn(measure.once, _LATE_ONE_IN) == 0:
            _late(measure, on, posts)
            continue
        _stepped(measure, Step.FINISH, measure.deadline, posts)
        if drawn < 15:
            day = min(on, measure.deadline + timedelta(2))
            _stepped(measure, Step.CHECK_OFF, day, posts, checks=True)
        elif drawn == 15:
            _stepped(measure, Step.RETURN, on, posts, checks=True)


def _begun(measure: Measure, drawn: int, on: date, posts: Mapping[str, Post]) -> None:
    """Begin some of what is still ahead in the cast's township."""
    if not measure.region_code.startswith(TOWNSHIP) or drawn >= 8:
        return
    _stepped(measure, Step.START, on - timedelta(9), posts)
    if drawn < 2:
        _stepped(measure, Step.FINISH, on - timedelta(1), posts)


def _late(measure: Measure, on: date, posts: Mapping[str, Post]) -> None:
    """Let the cause of every other delay be recorded."""
    if measure.pk % 2:
        measure.refresh_from_db()
        measured.delay_explain(
            measure=measure,
            version=measure.version,
            cause="物资到货推迟（虚构）",
            accountability="约谈责任单位，限期完成",
            by=_checker_of(measure.region_code, posts),
            at=moment(on, 9),
        )


def _stepped(
    measure: Measure,
    act: Step,
    day: date,
    posts: Mapping[str, Post],
    *,
    checks: bool = False,
) -> None:
    measure.refresh_from_db()
    chosen: Sequence[Post] = (
        _checker_of(measure.region_code, posts),
        owner_of(measure.region_code, posts),
    )
    measured.measure_step(
        measure=measure,
        version=measure.version,
        act=act,
        by=chosen[0] if checks else chosen[1],
        at=moment(day, 14),
        reason="佐证不全，请补齐" if act is Step.RETURN else "",
    )
