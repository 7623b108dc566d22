"""Time pages as one warm client sees them: p50, p95, queries and bytes of each.

    python pages.py --data-dir DIR [--database URL] --name small_sqlite
    python pages.py --data-dir DIR [--database URL] --only save household

The second prints figures and keeps none; `page_ratio.py` asks so by turns.

The databases are filled by `load_registry.py`. Pages are asked of the program itself,
without a network: what is timed is parsing, permission, queries and rendering. Every
call asks for another household, region or name. Figures go to
`results/pages_<name>.json`.

A command room costs what its region has parts: a county of 10,000 households has 200
villages, one of the 28 of a province of 650,000 has 464. So rooms are compared with a
registry that holds one such county alone (`--households 23214`).

Before, at 348,214 households on SQLite and 325,000 on PostgreSQL (p95, ms): county room
354 and 464, province room 471 and 518, last page of the list 833 and 327, search by
name 2351 and 586, by initials 821 and 487; 27 to 31 queries a save. What was done:
sessions renewed once a minute instead of by every request; the room drawn from plain
values; one index that counts, skips and narrows the list, others that hold whom a name
leads to; matches of a search read once; ranges of villages given to SQLite narrowest
first; judgements read once by a save.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from statistics import quantiles
from typing import Any

from load_registry import AS_OF, REGION, prepared
from measure import record


WARM, CALLS, SEED = 3, 60, 7
# Milliseconds at the 95th percentile, and queries a page may take.
DEMANDS = {
    "household": 150,
    "room_county": 150,
    "room_province": 150,
    "list_county": 300,
    "list_province": 300,
    "list_last_page": 300,
    "search_name": 300,
    "search_initials": 300,
    "search_phone": 300,
    "save": 100,
}
MOST_QUERIES = 25


@dataclass(frozen=True)
class Page:
    """A kind of page: what asks for the next of it and returns the bytes that came."""

    name: str
    ask: Callable[[], int]


def pages() -> Iterator[Page]:
    """Yield the pages, each asking for something else every time."""
    from django.test import Client  # noqa: PLC0415  the settings come first
    from django.urls import reverse  # noqa: PLC0415

    from xiuhua.apps.registry.models import Household  # noqa: PLC0415

    chance = random.Random(SEED)
    last = Household.unscoped.order_by("-pk").values_list("pk", flat=True)[0]
    counties = sorted(_counties())
    province, office = Client(), Client()
    province.force_login(officer())
    office.force_login(_user(f"office{counties[0]}"))

    def got(client: Any, address: str, **said: str) -> int:
        answer = client.get(address, said, follow=True, headers=HOST)
        assert answer.status_code == 200, (address, answer.status_code)
        return len(answer.content)

    def searched(client: Any, words: str) -> int:
        answer = client.post(
            reverse("households:index"), {"find": words}, follow=True, headers=HOST
        )
        assert answer.status_code == 200, answer.status_code
        return len(answer.content)

    def anyone() -> Any:
        return Household.unscoped.get(pk=chance.randint(1, last))

    index = reverse("households:index")
    yield Page(
        "household",
        lambda: got(
            province, reverse("households:page", args=[chance.randint(1, last)])
        ),
    )
    yield Page(
        "room_county",
        lambda: got(province, reverse("room:region", args=[chance.choice(counties)])),
    )
    yield Page(
        "room_province", lambda: got(province, reverse("room:region", args=[REGION]))
    )
    yield Page("list_county", lambda: got(office, index))
    yield Page("list_province", lambda: got(province, index))
    yield Page("list_last_page", lambda: got(province, index, page=str(last // 50)))
    yield Page("search_name", lambda: searched(province, anyone().head_name))
    yield Page("search_initials", lambda: searched(province, anyone().name_initials))
    yield Page("search_phone", lambda: searched(province, anyone().phone))
    yield Page("save", lambda: _saved(chance, counties[0]))


HOST = {"Host": "localhost"}


def _counties() -> set[str]:
    from xiuhua.apps.regions.models import Region  # noqa: PLC0415

    return set(Region.objects.filter(level="county").values_list("code", flat=True))


def _user(username: str) -> Any:
    from xiuhua.apps.accounts.models import User  # noqa: PLC0415

    return User.objects.get(username=username)


def officer() -> Any:
    """Return a province officer, made when there is none."""
    from xiuhua.apps.accounts.models import Post, User  # noqa: PLC0415

    user, new = User.objects.get_or_create(
        username="province", defaults={"full_name": "province", "registered_at": _now()}
    )
    if new:
        Post.unscoped.create(
            user=user, role="province_officer", region_id=REGION, valid_from=AS_OF
        )
    return user


def _now() -> Any:
    return datetime.now(UTC)  # noqa: TID251  a save happens now


def _saved(chance: random.Random, county: str) -> int:
    """Correct a household as its form does, judging included; nothing is rendered."""
    from xiuhua.apps.accounts.models import Post  # noqa: PLC0415
    from xiuhua.apps.registry.models import Household  # noqa: PLC0415
    from xiuhua.apps.registry.services import households  # noqa: PLC0415

    if county not in _KEPT:
        rows = Household.unscoped.filter(
            village__gte=county, village__lte=county + "9" * 6
        )
        # As a form has them: it was read before.
        read = rows.values_list("pk", "version", "housing_grade")[:5000]
        _KEPT[county] = {pk: (version, grade) for pk, version, grade in read}
        _KEPT["by"] = Post.unscoped.select_related("user").get(
            user__username=f"office{county}"
        )
    key = chance.choice(list(_KEPT[county]))
    version, was = _KEPT[county][key]
    grade = chance.choice([g for g in "ABCD" if g != was])
    _KEPT[county][key] = version + 1, grade
    households.household_correct(
        household_id=key,
        version=version,
        values={"housing_grade": grade},
        valid_from=date.fromisoformat("2020-06-01"),
        by=_KEPT["by"],
        at=_now(),
    )
    return 0


_KEPT: dict[str, Any] = {}
# What begins and ends a transaction asks nothing.
_FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def measured(page: Page, demand: int) -> dict[str, Any]:
    """Ask for a page again and again; count its queries once it is warm."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    for _ in range(WARM):
        size = page.ask()
    with CaptureQueriesContext(connection) as seen:
        page.ask()
    # Taken now: the next request makes the connection forget them.
    asked = [q for q in seen.captured_queries if not q["sql"].startswith(_FRAME)]
    wall, cpu = [], []
    for _ in range(CALLS):
        began, used = time.perf_counter(), time.process_time()
        page.ask()
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    slowest = max(asked, key=lambda q: float(q["time"]), default=None)
    cuts = quantiles(wall, n=20)
    return {
        "p50_ms": round(cuts[9], 1),
        "p95_ms": round(cuts[18], 1),
        "cpu_p50_ms": round(quantiles(cpu, n=20)[9], 1),
        "cpu_p95_ms": round(quantiles(cpu, n=20)[18], 1),
        "queries": len(asked),
        "bytes": size,
        "met": cuts[18] <= demand and len(asked) <= MOST_QUERIES,
        "slowest_query": slowest["sql"][:160] if slowest else "",
    }


def plain_files() -> None:
    """Name style and script plainly: their hashed copies are made by the server."""
    from django.conf import settings  # noqa: PLC0415

    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--name")
    parser.add_argument("--only", nargs="+", choices=DEMANDS, default=list(DEMANDS))
    said = parser.parse_args()
    prepared(said.data_dir, said.database)
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from xiuhua.apps.registry.models import Household, Person  # noqa: PLC0415

    plain_files()
    call_command("migrate", verbosity=0)
    # As a server does: all pages are loaded, and garbage is looked for in the rest.
    import_module("xiuhua.config.wsgi")
    found = {}
    for page in pages():
        if page.name in said.only:
            found[page.name] = measured(page, DEMANDS[page.name])
            print(page.name, json.dumps(found[page.name]), flush=True)
    if said.name is None:
        return
    figures = {
        "database": connection.vendor,
        "households": Household.unscoped.count(),
        "persons": Person.unscoped.count(),
        "calls": CALLS,
        "demands_p95_ms": DEMANDS,
        "pages": found,
    }
    print(record(f"pages_{said.name}", figures))


if __name__ == "__main__":
    main()
