"""Time the pages of the closed loop, as one warm client sees them.

    python loop_pages.py --data-dir DIR [--database URL] --name loop_sqlite

After `load_registry.py` and `load_loop.py`: my work of a first secretary, lists of
measures and problems with filters, a plan, a problem, the strike-off itself, the
command room. Figures go to `results/loop_<name>.json`, taken as `pages.py` says.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from load_registry import AS_OF, REGION, prepared
from measure import record
from pages import CALLS, HOST, MOST_QUERIES, WARM, Page, measured, officer, plain_files


SEED = 11
# Milliseconds at the 95th percentile: the application's targets.
DEMANDS = {
    "my_work": 150,
    "ledger_county": 300,
    "ledger_province": 300,
    "ledger_overdue": 300,
    "ledger_last_page": 300,
    "measures_county": 300,
    "measures_late": 300,
    "measures_last_page": 300,
    "household": 150,
    "plan": 150,
    "problem": 150,
    "strike_off": 100,
    "reconciliation": 300,
    "room_county": 150,
}


def pages() -> Iterator[Page]:
    """Yield the pages, each asking for something else every time."""
    from django.test import Client  # noqa: PLC0415  the settings come first
    from django.urls import reverse  # noqa: PLC0415

    from xiuhua.apps.accounts.models import Post  # noqa: PLC0415
    from xiuhua.apps.ledger.models import Problem  # noqa: PLC0415
    from xiuhua.apps.plans.models import Plan  # noqa: PLC0415

    chance = random.Random(SEED)
    rows = Post.unscoped.select_related("user").order_by("pk")
    secretaries = chance.sample(list(rows.filter(role="first_secretary")[:500]), 30)
    offices = list(rows.filter(role="county_office"))
    province, office = Client(), Client()
    province.force_login(officer())
    office.force_login(offices[0].user)
    plans = range(1, Plan.objects.model._base_manager.count() + 1)
    problems = range(1, Problem.unscoped.count() + 1)
    # Signed in before: what is timed is the page.
    clients = [Client() for _ in secretaries]
    for client, post in zip(clients, secretaries, strict=True):
        client.force_login(post.user)

    def got(client: Any, name: str, *args: Any, **said: str) -> int:
        address = reverse(name, args=args)
        answer = client.get(address, said, follow=True, headers=HOST)
        assert answer.status_code == 200, (address, answer.status_code)
        return len(answer.content)

    def county() -> str:
        return str(chance.choice(offices).region_id)

    yield Page("my_work", lambda: got(chance.choice(clients), "mine:index"))
    yield Page("ledger_county", lambda: got(office, "ledger:index"))
    yield Page("ledger_province", lambda: got(province, "ledger:index"))
    yield Page("ledger_overdue", lambda: got(province, "ledger:index", what="overdue"))
    far = str(len(problems) // 50)
    yield Page("ledger_last_page", lambda: got(province, "ledger:index", page=far))
    yield Page("measures_county", lambda: got(office, "plans:measures"))
    yield Page("measures_late", lambda: got(office, "plans:measures", state="late"))
    yield Page("measures_last_page", lambda: got(office, "plans:measures", page="9999"))
    homes = range(1, len(plans) + 1)
    yield Page(
        "household",
        lambda: got(province, "households:page", chance.choice(homes)),
    )
    yield Page("plan", lambda: got(province, "plans:page", chance.choice(plans)))
    yield Page("problem", lambda: got(province, "ledger:page", chance.choice(problems)))
    yield Page("reconciliation", lambda: got(province, "ledger:reconciliation"))
    yield Page("room_county", lambda: got(province, "room:region", county()))
    yield Page("strike_off", _strike_offs())


def _strike_offs() -> Any:
    from xiuhua.apps.accounts.models import Post  # noqa: PLC0415
    from xiuhua.apps.accounts.scope import region_scope  # noqa: PLC0415
    from xiuhua.apps.ledger.models import Problem  # noqa: PLC0415
    from xiuhua.apps.ledger.rules import Act  # noqa: PLC0415
    from xiuhua.apps.ledger.services import rectifying  # noqa: PLC0415

    # No evidence was loaded: the class of data demands none.
    found = list(
        Problem.unscoped.filter(state="awaiting_verification", kind="data")
        .order_by("pk")
        .values_list("pk", "region_id")[: WARM + 1 + CALLS]
    )
    if len(found) < WARM + 1 + CALLS:
        raise SystemExit("earlier runs struck off what waited: fill the database anew")
    waiting = iter(found)
    offices = {
        post.region_id: post
        for post in Post.unscoped.filter(role="county_office").select_related("user")
    }
    moments = count()

    def struck() -> int:
        key, village = next(waiting)
        office = offices[village[:6]]
        at = datetime.now(UTC) + timedelta(microseconds=next(moments))  # noqa: TID251
        with region_scope([office.region_id]):
            problem = Problem.objects.get(pk=key)
            rectifying.problem_step(
                problem=problem,
                version=problem.version,
                act=Act.STRIKE_OFF,
                by=office,
                at=at,
            )
        return 0

    return struck


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--name", required=True)
    said = parser.parse_args()
    prepared(said.data_dir, said.database)
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from xiuhua.apps.ledger.models import Problem  # noqa: PLC0415
    from xiuhua.apps.plans.models import Measure  # noqa: PLC0415

    plain_files()
    call_command("migrate", verbosity=0)
    # As a server does: all pages are loaded, and garbage is looked for in the rest.
    import_module("xiuhua.config.wsgi")
    found = {}
    for page in pages():
        found[page.name] = measured(page, DEMANDS[page.name])
        print(page.name, found[page.name], flush=True)
    figures = {
        "database": connection.vendor,
        "region": REGION,
        "as_of": AS_OF.isoformat(),
        "measures": Measure._base_manager.count(),
        "problems": Problem.unscoped.count(),
        "most_queries": MOST_QUERIES,
        "demands_p95_ms": DEMANDS,
        "pages": found,
    }
    print(record(f"loop_{said.name}", figures))


if __name__ == "__main__":
    main()
