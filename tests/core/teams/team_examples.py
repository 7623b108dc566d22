"""A made-up county of 83 villages with people to check it; prefix 99 is unassigned."""

from __future__ import annotations

from random import Random

from xiuhua.core.teams.districts import Site
from xiuhua.core.teams.forming import Person
from xiuhua.core.teams.travel import Point


def county_sites(seed: int = 0) -> list[Site]:
    """83 villages in ten townships that lie apart, each with a few households."""
    random = Random(seed)  # noqa: S311
    towns = [(random.randrange(60_000), random.randrange(60_000)) for _ in range(10)]
    return [
        Site(
            f"990101{100 + v // 9}{200 + v % 9}",
            random.randint(10, 55),
            Point(
                towns[v // 9][0] + random.randrange(9_000),
                towns[v // 9][1] + random.randrange(9_000),
            ),
        )
        for v in range(83)
    ]


def county_people(n: int = 196, at_home: int = 60) -> list[Person]:
    """People of 28 work units; the first `at_home` live in one of the villages."""
    sites = county_sites()
    return [
        Person(
            f"p{i:03}",
            sites[i % 83].code if i < at_home else "",
            f"unit {i % 28}",
            frozenset({"leader"} if i % 8 == 0 else {"member"}),
            frozenset({"mongolian"} if i % 20 == 0 else ()),
        )
        for i in range(n)
    ]
