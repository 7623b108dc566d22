"""Who helps in the invented county: units, helpers, pairings, teams, visits, rosters.

Names and units of helpers are those the register gives; four to seven households of a
village share one helper, by the helper's rank. All of it is entered by the services.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from typing import Final

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assistance.acts.entering import HelperSaid
from xiuhua.apps.assistance.models import Pairing, TeamMember
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.assistance.services import (
    charges,
    pairings,
    people,
    rosters,
    teams,
    visits,
)
from xiuhua.apps.assistance.services.visits import VisitSaid
from xiuhua.apps.regions.selectors import within
from xiuhua.demo.cast import CAST
from xiuhua.demo.places import COUNTY, TOWNSHIP, VILLAGE, townships, villages
from xiuhua.demo.rows import Home
from xiuhua.demo.sheets import moment
from xiuhua.demo.standards import HOUSEHOLD_PACK


# How many households a helper has, by rank: within the caps.
_SHARES: Final = (
    ("staff", 4),
    ("staff", 4),
    ("section_deputy", 5),
    ("staff", 4),
    ("section_head", 6),
    ("division_deputy", 7),
)
_PHONE: Final = "199{:08d}"
_PEOPLE: Final = {part.role: part.full_name for part in CAST}
_OWN_UNIT: Final = "县水务局"
_GROUPS: Final = (
    ("教育保障专班（虚构）", "education", ("compulsory_education",)),
    ("医疗保障专班（虚构）", "medical_insurance", ("basic_medical",)),
    ("住房安全专班（虚构）", "housing", ("safe_housing",)),
    ("饮水安全专班（虚构）", "water", ("safe_water",)),
)
_FOUND: Final = (
    ("call", "家中平安，生活正常，收入无大的变化。"),
    ("policy", "讲解医保缴费和教育资助政策，户主已知晓。"),
    ("plan", "与户主商议今年务工和养殖安排。"),
    ("check", "逐项核对住房、饮水、医保、就学，已记录。"),
    ("hardship", "老人身体不适，已联系村医上门。"),
)
_DOCUMENT: Final = "县委组织部选派文件（虚构）"
# So many days before today a household was visited last, at most.
_VISIT_DAYS: Final = 80
_TEAM_DAYS: Final = 370
_LEFT_DAYS: Final = 45


def helpers_shared(homes: Iterable[Home]) -> list[HelperSaid]:
    """Let households of a village share the helper of the first of them.

    Changes the households; returns who helps, with rank and phone.
    """
    shares = cycle(_SHARES)
    by_village: dict[str, list[Home]] = {}
    for home in homes:
        by_village.setdefault(home.village, []).append(home)
    said: dict[tuple[str, str], HelperSaid] = {}
    for village, rows in by_village.items():
        at = 0
        while at < len(rows):
            rank, count = next(shares)
            name, unit = (rows[at].values[k] for k in ("helper_name", "helper_unit"))
            if village == VILLAGE and at == 0:
                name, unit, rank, count = _PEOPLE["helper"], _OWN_UNIT, "staff", 4
            for home in rows[at : at + count]:
                home.values |= {"helper_name": name, "helper_unit": unit}
            phone = _PHONE.format(len(said))
            said.setdefault((name, unit), HelperSaid(name, unit, "", rank, phone))
            at += count
    return list(said.values())


@dataclass
class Helping:
    """What is entered of who helps: by whom, until when."""

    said: list[HelperSaid]
    first: date
    on: date
    posts: Mapping[str, Post]

    @property
    def office(self) -> Post:
        """Return the post that keeps who helps."""
        return self.posts["county_office"]

    def begin(self) -> None:
        """Enter units and helpers, and pair them as the archive says."""
        day = self.first + timedelta(days=1)
        by, at = self.office, moment(day, 11)
        people.helpers_take(said=self.said, region=COUNTY, by=by, at=at)
        pairings.pairings_seed(region=COUNTY, starts_on=day, by=by, at=at)
        for role, number in (("helper", 0), ("first_secretary", 1)):
            self._is_user(role, number)
        self._chain(day)
        self._groups(day)
        self._teams()

    def go_on(self) -> None:
        """Enter the visits of the last months, a drive, rosters; let two leave."""
        self._visits()
        at = moment(self.on - timedelta(days=30), 9)
        visits.drive_begin(
            region=COUNTY,
            name="遍访未脱贫户（虚构）",
            left_only=True,
            starts_on=self.on - timedelta(days=30),
            last_day=self.on + timedelta(days=20),
            once="demo/drive",
            by=self.office,
            at=at,
        )
        self._plans()
        self._rosters()
        self._leave()

    def _is_user(self, role: str, number: int) -> Helper:
        """Return the helper who is a person of the cast, entered if need be."""
        name = _PEOPLE[role]
        at = moment(self.first + timedelta(days=2), 9)
        known = Helper.unscoped.filter(name=name).first()
        if known is None:
            said = HelperSaid(
                name, "县委办公室", "", "", _PHONE.format(90_000 + number)
            )
            found = people.helpers_take(
                said=[said], region=COUNTY, by=self.office, at=at
            )
            known = found[said]
        user = self.posts[role].user
        return people.helper_correct(
            helper=known,
            version=known.version,
            facts={"user": user},
            by=self.office,
            at=at,
        )

    def _chain(self, day: date) -> None:
        leaders = self._spare(len(townships()) + 12)
        answers = {COUNTY: self._is_user("county_leader", 2)}
        for code in townships():
            answers[code] = next(leaders)
        answers[TOWNSHIP] = self._is_user("township_leader", 3)
        for village in villages():
            if village.township == TOWNSHIP and village.code != VILLAGE:
                answers[village.code] = next(leaders)
        answers[VILLAGE] = Helper.unscoped.get(name=_PEOPLE["first_secretary"])
        for code, helper in answers.items():
            charges.link_set(
                region=code,
                helper=helper,
                starts_on=day,
                replaces=None,
                once=f"demo/link/{code}",
                by=self.office,
                at=moment(day, 12),
            )

    def _spare(self, count: int) -> Iterator[Helper]:
        """Yield helpers in the order of their names' numbers."""
        yield from Helper.unscoped.filter(user=None).order_by("pk")[50 : 50 + count]

    def _groups(self, day: date) -> None:
        members = self._spare(3 * len(_GROUPS))
        by, at = self.office, moment(day, 13)
        for name, sector, indicators in _GROUPS:
            group = charges.group_set_up(
                region=COUNTY,
                name=name,
                sector=sector,
                indicators=[(HOUSEHOLD_PACK, one) for one in indicators],
                once=f"demo/group/{sector}",
                by=by,
                at=at,
            )
            for post in ("leader", "member", "member"):
                helper = next(members)
                charges.group_member_join(
                    group=group,
                    helper=helper,
                    post=post,
                    starts_on=day,
                    once=f"demo/group/{sector}/{helper.pk}",
                    by=by,
                    at=at,
                )

    def _teams(self) -> None:
        """Form a team in each poor village and in the cast's, three to a team."""
        day = self.on - timedelta(days=_TEAM_DAYS)
        poor = [v.code for v in villages() if v.poor or v.code == VILLAGE]
        own = Helper.unscoped.get(name=_PEOPLE["first_secretary"])
        spare = iter(Helper.unscoped.filter(user=None).order_by("-pk")[: 3 * len(poor)])
        until = day.replace(year=day.year + 2) + timedelta(days=1)
        by, at = self.office, moment(day, 14)
        for number, code in enumerate(poor):
            team = teams.team_form(
                region=code,
                starts_on=day,
                document=_DOCUMENT,
                once=f"demo/team/{code}",
                by=by,
                at=at,
            )
            # One village in twelve has two people, one in sixteen a term too short.
            posts = ("first_secretary", "member", "member")[
                : 2 if number % 12 == 7 else 3
            ]
            for place, post in enumerate(posts):
                first = code == VILLAGE and place == 0
                short = number % 16 == 5 and place == 2
                teams.member_join(
                    team=team,
                    helper=own if first else next(spare),
                    post=post,
                    starts_on=day,
                    until=day + timedelta(days=365) if short else until,
                    once=f"demo/team/{code}/{place}",
                    by=by,
                    at=at,
                )

    def _visits(self) -> None:
        """Record what was visited: six households of seven, each once in months."""
        rows = []
        running = Pairing.objects.filter(ended_on__isnull=True)
        found = running.select_related("household", "helper").order_by("household_id")
        for number, pairing in enumerate(found):
            if number % 7 != 3:
                kind, words = _FOUND[number % len(_FOUND)]
                day = self.on - timedelta(days=2 + number * 13 % _VISIT_DAYS)
                rows.append(
                    VisitSaid(pairing.household, pairing.helper, kind, day, words)
                )
        visits.visits_record(
            rows=rows, key="demo/visits", by=self.office, at=moment(self.on, 7)
        )

    def _plans(self) -> None:
        """Plan the coming days of the helper of the cast, one of them overdue."""
        own = Pairing.objects.filter(
            helper__user=self.posts["helper"].user, ended_on__isnull=True
        )
        for number, pairing in enumerate(own.select_related("household", "helper")):
            visits.visit_plan(
                household=pairing.household,
                helper=pairing.helper,
                kind="call",
                planned_on=self.on + timedelta(days=number - 1),
                once=f"demo/plan/{number}",
                by=self.posts["helper"],
                at=moment(self.on - timedelta(days=5), 9),
            )

    def _rosters(self) -> None:
        """Enter the last two months of the cast's village; the first is signed."""
        members = TeamMember.objects.filter(team__region_id=VILLAGE)
        this = self.on.replace(day=1)
        last = (this - timedelta(days=1)).replace(day=1)
        before = (last - timedelta(days=1)).replace(day=1)
        for number, month in enumerate((before, last)):
            at = moment(min(month + timedelta(days=33), self.on), 8)
            roster = rosters.roster_enter(
                region=VILLAGE,
                month=month,
                days={m.pk: range(3 + place, 26) for place, m in enumerate(members)},
                version=None,
                once=f"demo/roster/{number}",
                by=self.posts["village_secretary"],
                at=at,
            )
            if number == 0:
                rosters.roster_sign(
                    roster=roster,
                    version=roster.version,
                    by=self.posts["township_clerk"],
                    at=at,
                )

    def _leave(self) -> None:
        """Let a member of a team leave without anybody in their place, and a helper."""
        day = self.on - timedelta(days=_LEFT_DAYS)
        by, at = self.office, moment(day, 10)
        member = (
            TeamMember.objects.filter(within(TOWNSHIP, "team__region_id"))
            .filter(post="member", helper__user=None, ended_on__isnull=True)
            .exclude(team__region_id=VILLAGE)
            .earliest("pk")
        )
        teams.member_leave(
            member=member,
            version=member.version,
            ended_on=day,
            reason="调回原单位（虚构）",
            by=by,
            at=at,
        )
        gone = next(self._spare(1))
        for pairing in Pairing.objects.filter(helper=gone, ended_on__isnull=True):
            pairings.pairing_end(
                pairing=pairing,
                version=pairing.version,
                ended_on=day,
                reason="left",
                by=by,
                at=at,
            )
        gone.refresh_from_db()
        people.helper_correct(
            helper=gone,
            version=gone.version,
            facts={"left_on": day},
            by=by,
            at=at,
        )
