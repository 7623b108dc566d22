"""What every parameter of an address, and every form, is fed with.

Own, sibling, parent, child, foreign and missing; wrong kinds and sizes; codes that are
the beginning of other codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Final

from tests.web.matrix.addresses import Address
from tests.web.matrix.work import things
from tests.web.matrix.world import VILLAGES, World, id_number

from xiuhua.apps.accounts.models import Post
from xiuhua.core.region_codes import contains


MISSING: Final = 987_654
# What a list is asked with, beside nothing.
QUERIES: Final = (
    "?as=xlsx",
    "?as=print&sort=-number",
    "?region=990102&part=990102101201",
    "?region=9901",
    "?region=99010",
    "?part=980101101201",
    "?part=990102",
    "?sort=helper&page=2&part=9901",
    "?q=unknown&exit=x&page=-1&poverty=planet",
)
_CODES: Final = (
    "99", "9901", "990101", "990101101", "990101101201", "990101101202", "990102",
    "99010", "990101104201", "980101101201", "110101001001",
)  # fmt: skip


def _households(world: World, post: Post | None) -> list[Any]:
    """Return one's own, a sibling's, one far off, none at all."""
    region = post.region_id if post else "-"
    inside = [h.pk for h in world.households if contains(region, h.village_id)]
    outside = [h.pk for h in world.households if not contains(region, h.village_id)]
    return [*inside[:1], *outside[:1], *outside[-1:], MISSING]


def _persons(world: World, post: Post | None) -> list[Any]:
    ids = _households(world, post)
    members = [world.persons[pk][-1].pk for pk in ids if pk in world.persons]
    return [*members[:1], *members[-1:], MISSING]


def _people(world: World, post: Post | None) -> list[Any]:
    own = post.user_id if post else 0
    others = [user.pk for user in world.users.values() if user.pk != own]
    return [own, others[0], others[len(others) // 2], MISSING]


Feed = Callable[[World, Post | None], list[Any]]


def _files(world: World, post: Post | None) -> list[Any]:
    """Return a file of one's own, two of others, none at all."""
    region = post.region_id if post else "-"
    inside = [a.pk for v, a in world.attachments.items() if contains(region, v)]
    outside = [a.pk for v, a in world.attachments.items() if not contains(region, v)]
    return [*inside[:1], *outside[:1], *outside[-1:], MISSING]


def _plans(world: World, post: Post | None) -> list[Any]:
    """Return a plan of one's own, two of others, none at all."""
    return _planned({v: m.plan_id for v, m in world.measures.items()}, post)


def _measures(world: World, post: Post | None) -> list[Any]:
    return _planned({v: m.pk for v, m in world.measures.items()}, post)


def _planned(keys: dict[str, int], post: Post | None) -> list[Any]:
    region = post.region_id if post else "-"
    inside = [k for village, k in keys.items() if contains(region, village)]
    outside = [k for village, k in keys.items() if not contains(region, village)]
    return [*inside[:1], *outside[:1], *outside[-1:], MISSING]


def _problems(world: World, post: Post | None) -> list[Any]:
    """Return a problem of one's own of each indicator, two of others, none at all."""
    region = post.region_id if post else "-"
    inside = [p.pk for p in world.problems if contains(region, p.region_id)]
    outside = [p.pk for p in world.problems if not contains(region, p.region_id)]
    return [*inside[:2], *outside[:1], *outside[-1:], MISSING]


def _tasks(world: World, post: Post | None) -> list[Any]:
    return [*(task.pk for task in world.tasks), MISSING]


def _held(name: str) -> Feed:
    """Return a feed of things that hang on rows: own ones, others', none at all."""

    def feed(world: World, post: Post | None) -> list[Any]:
        return [*things(getattr(world, name), post, world), MISSING]

    return feed


def _sheets(kind: str) -> Feed:
    """Return a feed of sheets of a kind: one's own, others', none at all."""

    def feed(world: World, post: Post | None) -> list[Any]:
        return [*things(world.sheets[kind], post, world), MISSING]

    return feed


def _some(*values: Any) -> Feed:
    return lambda world, post: list(values)


# A parameter of one page that is fed otherwise than others of its name.
SPECIAL: Final[dict[tuple[str, str], Feed]] = {
    ("ledger:act", "act"): _some("assign", "merge", "sign_for", "nonsense"),
    ("room:grouping", "key"): _some("area", "nonsense"),
    ("files:take", "key"): _files,
    ("files:remove", "key"): _files,
    ("files:chunk", "key"): _some("nonsense"),
    ("files:finish", "key"): _some("nonsense"),
    ("documents:part", "key"): _held("printings"),
    ("screening:adoption_end", "key"): _held("adoptions"),
    ("screening:adoption_day", "key"): _held("adoptions"),
    ("screening:run", "key"): _held("runs"),
    ("screening:run_act", "key"): _held("runs"),
    ("screening:run_workbook", "key"): _held("runs"),
    ("screening:compared", "key"): _held("runs"),
    ("documents:sheet", "person_id"): _persons,
    ("mine:problem_step", "act"): _some("sign_for", "nonsense"),
    ("mine:measure_step", "act"): _some("start", "nonsense"),
    ("mine:problem_finish", "key"): _some("nonsense"),
    ("mine:measure_finish", "key"): _some("nonsense"),
    ("plans:paper_finish", "key"): _some("nonsense"),
    ("plans:step", "act"): _some("start", "finish", "nonsense"),
    ("screening:run_act", "act"): _some("cancel", "nonsense"),
    **{
        (f"sheets:{kind}_act", "act"): _some("apply", "nonsense")
        for kind in ("pairings", "measures", "problems")
    },
    **{
        (f"sheets:{kind}_{page}", "sheet_id"): _sheets(kind)
        for kind in ("pairings", "measures", "problems")
        for page in ("sheet", "columns", "act")
    },
}
FEEDS: Final[dict[str, Feed]] = {
    "household_id": _households,
    "person_id": _persons,
    "key": _people,
    "plan_id": _plans,
    "measure_id": _measures,
    "problem_id": _problems,
    "task_id": _tasks,
    "recheck_id": _some(1, MISSING),
    "item_id": _some(1, MISSING),
    "view_id": _held("views"),
    "year": lambda world, post: [2019, 999],
    "topic": lambda world, post: ["contact", "identity"],
    "act": lambda world, post: ["suspend", "restore", "nonsense"],
    "campaign_id": _some(1, MISSING),
    "upload_id": _held("uploads"),
    "download_id": _held("downloads"),
    "pack": _some("household_exit", "nonsense"),
    "older": _held("runs"),
    "measure": _some("overall", "nonsense"),
    "which": _some("counties", "townships", "villages", "nonsense"),
    "level": _some("household", "person", "nonsense"),
    "field": _some("phone", "head_name", "id_number", "nonsense"),
    "part": _some(1, MISSING),
    "step": _some("merge", "marry"),
    "pairing_id": _some(1, 5, len(VILLAGES), MISSING),
    "helper_id": _some(1, 5, len(VILLAGES), MISSING),
    "unit_id": _some(1, 5, len(VILLAGES), MISSING),
    "sheet_id": _some(MISSING),
    "roster_id": _some(1, 5, len(VILLAGES), MISSING),
    "month": _some(5, 13),
    "team_id": _some(1, 5, len(VILLAGES), MISSING),
    "member_id": _some(1, MISSING),
    "link_id": _some(1, MISSING),
    "group_id": _some(1, MISSING),
    "visit_id": _some(1, 5, len(VILLAGES), MISSING),
    "drive_id": _some(1, MISSING),
    "code": lambda world, post: list(_CODES),
}


def paths(address: Address, world: World, post: Post | None) -> Iterator[str]:
    """Yield the paths of an address with every feed of its parameters."""
    feeds = [
        SPECIAL.get((address.name, name), FEEDS[name])(world, post)
        for name in address.parameters
    ]
    for values in product(*feeds):
        path = "/" + address.route
        for name, value in zip(address.parameters, values, strict=True):
            path = _filled(path, name, value)
        yield path


def _filled(route: str, name: str, value: Any) -> str:
    before, _, rest = route.partition("<")
    inside, _, after = rest.partition(">")
    assert inside.split(":")[-1] == name, route
    return f"{before}{value}{after}"


def bodies(world: World, post: Post | None) -> list[dict[str, Any]]:
    """Return the forms every page that takes one is sent."""
    ids = _households(world, post)
    rows = [*ids, *_persons(world, post)]
    return [{}, _everything(rows, VILLAGES[-1])]


def _everything(rows: list[int], village: str) -> dict[str, Any]:
    """Return a form with a plausible value under every name forms here have."""
    return {
        "version": "1",
        "valid_from": "2019-05-01",
        "village": village,
        "region": village,
        "name": "改名",
        "head_name": "改名",
        "village_group": "改组",
        "source": "改",
        "wage_income": "1",
        "row": [f"{row}.1" for row in rows[-3:-1]],
        "field": "village_group",
        "value": "改组",
        "household": str(rows[-2]),
        "reason": "核对信息",
        "kind": "industry",
        "what": "改养猪",
        "deadline": "2100-01-01",
        "family": "改",
        "helper": "改",
        "team": "改",
        "cause": "改",
        "accountability": "改",
        "order_number": "1号",
        "description": "改",
        "found_on": "2019-05-01",
        "until": "2100-01-01",
        "measures": "改",
        "outcome": "改",
        "answer": "改",
        "into": "990102-2019-00001",
    }


def searches(world: World) -> list[str]:
    """Return lines to search by that name people of other places."""
    lines = []
    for number in (0, 1, 3, 5, 9):
        household = world.households[number]
        lines += [household.head_name, household.phone, household.number]
        lines += [id_number(number, 1), id_number(number, 0)]
    return [*lines, "w", "wzq", "王"]
