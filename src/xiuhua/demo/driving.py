"""The drive of the demonstration: a hundred days against what others found.

Set sixty days ago, held up by a week of rain, with its deadline ahead: burn-down,
tiles, task lists and the way to catch up have something to show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.ledger.codes import Duty, Kind, Precision, Source
from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.ledger.rules import Act as Step
from xiuhua.apps.ledger.rules import Found
from xiuhua.apps.ledger.services.rectifying import problem_assign, problem_step
from xiuhua.apps.ledger.services.registering import problem_register
from xiuhua.apps.supervision.models import Drive, DriveKind
from xiuhua.apps.supervision.rules import Said
from xiuhua.apps.supervision.services import drive_set, shock_record
from xiuhua.demo.places import COUNTY, villages
from xiuhua.demo.sheets import moment
from xiuhua.demo.standards import HOUSEHOLD_PACK
from xiuhua.demo.stories import Act


_BEGAN, _WHOLE, _RESERVE = 60, 100, 10
_RAIN: Final = (33, 27)
# What people found; what the program opens by rule is mended by plans.
_SOURCES: Final = tuple(
    sorted(set(Source.values) - {Source.SCREENING, Source.PLAN, Source.DATA_HEALTH})
)
_INDICATORS: Final = tuple(
    f"{HOUSEHOLD_PACK}.{name}" for name in ("safe_housing", "safe_water")
)
_ONCE: Final = "demo-drive"
# A round of cross-checks in all townships before it: on which day of the drive each of
# its problems was struck off; the others are still open.
_ENDED_ON: Final = (
    *(4, 6, 9, 9, 12, 13, 16, 17, 20, 21, 24, 25, 36, 38, 41, 43, 46, 48, 51, 52, 55),
    *(57, None, None, None, None, None, None),
)
_FOUND, _IN_HAND = 12, 5
_WHAT: Final = (
    "入户核查：收入核算依据未存档",
    "入户核查：帮扶记录与实际不符",
    "入户核查：家庭成员信息未更新",
    "入户核查：政策享受情况登记不全",
)


def drive_acts(*, on: date, posts: Mapping[str, Post]) -> Iterator[Act]:
    """Yield the drive as it was set, and what held it up."""
    office = posts["county_office"]
    began = on - timedelta(_BEGAN)
    rain_from, rain_to = (on - timedelta(days) for days in _RAIN)
    said = Said(
        name="百日冲刺：各类检查反馈问题清零（虚构）",
        kind=str(DriveKind.SPRINT),
        regions=(COUNTY,),
        starts_on=began,
        ends_on=began + timedelta(_WHOLE),
        reserve_days=_RESERVE,
        document="县扶贫开发领导小组12号文（虚构）",
        sources=_SOURCES,
        indicators=_INDICATORS,
    )

    def begin() -> object:
        return drive_set(said=said, once=_ONCE, by=office, at=moment(began, 9))

    def rain() -> object:
        drive = Drive.unscoped.get(once=_ONCE)
        return shock_record(
            drive_id=drive.pk,
            version=drive.version,
            name="连续强降雨（虚构）",
            starts_on=rain_from,
            ends_on=rain_to,
            once=f"{_ONCE}-rain",
            by=office,
            at=moment(rain_to + timedelta(1), 9),
        )

    for number, ended in enumerate(_ENDED_ON):
        yield from _Check(number, ended, began, posts).acts()
    yield Act(began, begin)
    yield Act(rain_to + timedelta(1), rain)


@dataclass(frozen=True)
class _Check:
    """One problem of the round: found, in hand before the drive, struck off or not."""

    number: int
    ended: int | None
    began: date
    posts: Mapping[str, Post]

    def acts(self) -> Iterator[Act]:
        """Yield what was done with it."""
        yield Act(self.began - timedelta(_FOUND), self._found)
        yield Act(self.began - timedelta(_IN_HAND), self._in_hand)
        if self.ended is not None:
            yield Act(self.began + timedelta(self.ended), self._ended)

    @property
    def _problem(self) -> Problem:
        return Problem.unscoped.get(once=self._once)

    @property
    def _once(self) -> str:
        return f"{_ONCE}-check-{self.number}"

    def _found(self) -> object:
        places = villages()
        day = self.began - timedelta(_FOUND)
        return problem_register(
            found=Found(
                # Some villages further each time, so that every township has its part.
                region=places[self.number * 17 % len(places)].code,
                source=str(Source.CROSS_CHECK),
                kind=str(Kind.DATA),
                description=_WHAT[self.number % len(_WHAT)],
                found_on=day,
                duty=str(Duty.WORK),
                precision=str(Precision.ASSISTANCE),
                reference="乡镇交叉检查第二轮清单（虚构）",
            ),
            once=self._once,
            by=self.posts["supervision_team"],
            at=moment(day, 16),
        )

    def _in_hand(self) -> None:
        day, office = self.began - timedelta(_IN_HAND), self.posts["county_office"]
        problem = self._problem
        problem_assign(
            problem=problem,
            version=problem.version,
            owner=office,
            deadline=self.began + timedelta(_WHOLE - _RESERVE),
            by=office,
            at=moment(day, 9),
            leader="分管副县长（虚构）",
            unit="县扶贫办",
        )
        self._stepped(day, Step.SIGN_FOR, office, 10)
        self._stepped(day, Step.START, office, 11, measures="逐户补录并留存依据")

    def _ended(self) -> None:
        day = self.began + timedelta(self.ended or 0)
        self._stepped(day, Step.SUBMIT, self.posts["county_office"], 15)
        self._stepped(day, Step.STRIKE_OFF, self.posts["supervision_team"], 17)

    def _stepped(
        self, day: date, act: Step, by: Post, hour: int, measures: str = ""
    ) -> None:
        problem = self._problem
        problem_step(
            problem=problem,
            version=problem.version,
            act=act,
            by=by,
            at=moment(day, hour),
            measures=measures,
        )
