"""Ask for everything as everybody, and keep what the oracle found."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client
from tests.web.matrix.addresses import Address, addresses
from tests.web.matrix.feeds import MISSING, QUERIES, bodies, paths, searches
from tests.web.matrix.oracle import alike, body_of, in_charge, leaks, readable
from tests.web.matrix.work import plant
from tests.web.matrix.world import World, build

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import ROLES, Role
from xiuhua.apps.accounts.scope import ScopedManager
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.regions.selectors import within
from xiuhua.core.dictionary.model import Mask
from xiuhua.core.region_codes import ancestors
from xiuhua.web.access import PUBLIC, access_of
from xiuhua.web.forms import new_key


BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Parameters whose rows elsewhere answer like none, and where the rows are kept.
_COMPARED = {"household_id": "households", "problem_id": "problems"}
LISTS = {"households:index"}
MOST_QUERIES = 25
# Sums over regions: those around one's own count what lies in it.
FIGURES = {"Tally", "TallyDay", "LedgerTally", "PlanTally", "DriveTally"}


@dataclass
class Findings:
    """What was wrong, by kind, and how much was asked."""

    requests: int = 0
    wrong: list[str] = field(default_factory=list)
    most_queries: dict[str, int] = field(default_factory=dict)


class Caller:
    """Somebody in a browser, with a count of what each page asks the database."""

    def __init__(self, world: World, key: str, findings: Findings):
        self.world, self.key, self.findings = world, key, findings
        self.post = world.principals[key]
        self.sends = key not in twins(world)
        self.client = Client(raise_request_exception=False)
        if key in world.users:
            self.client.force_login(world.users[key], backend=BACKEND)

    def ask(self, method: str, path: str, data: Any = None, echo: str = "") -> Any:
        """Send a request, let the oracle read the answer; return status and text."""
        count, entries = 0, Entry.objects.count() if method == "POST" else 0

        def counted(execute: Any, sql: str, *more: Any) -> Any:
            nonlocal count
            count += not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
            return execute(sql, *more)

        with connection.execute_wrapper(counted):
            response = (
                self.client.generic(method, path, secure=True)
                if (method not in ("GET", "POST"))
                else getattr(self.client, method.lower())(path, data or {}, secure=True)
            )
        self.findings.requests += 1
        headers = [h for h in response.headers.items() if h[0] != "Content-Length"]
        text = readable(body_of(response)) + str(sorted(headers))
        seen = text.replace(f'value="{echo}"', "") if echo else text
        recorded = method == "POST" and Entry.objects.count() > entries
        for token, canary in leaks(self.world, self.post, seen, recorded=recorded):
            self.wrong(method, path, f"{token} {canary.field} {canary.village}")
        if response.status_code >= 500:
            self.wrong(method, path, str(response.status_code))
        if response.status_code == 200 and method == "GET":
            most = self.findings.most_queries
            most[path] = max(count, most.get(path, 0))
        if "no-store" not in response.headers.get("Cache-Control", ""):
            self.wrong(method, path, "may be cached")
        return response, text

    def wrong(self, method: str, path: str, what: str) -> None:
        """Keep what was found."""
        self.findings.wrong.append(f"{self.key}: {method} {path}: {what}")


def held(keys: list[str], settings: Any, folder: Path) -> Findings:
    """Build the world and ask for everything as some principals; fail on a finding."""
    settings.SECOND_FACTOR_REQUIRED, settings.DATA_DIR = False, folder
    world = build()
    plant(world)
    assert {key.split("/")[0] for key in world.principals} >= ROLES.keys()
    chosen = [key for key in world.principals if key.split("/")[0] in keys]
    findings = run(world, chosen)
    assert findings.wrong == [], findings.wrong
    slow = {p: n for p, n in findings.most_queries.items() if n > MOST_QUERIES}
    assert slow == {}, slow
    return findings


def run(world: World, keys: list[str], names: set[str] | None = None) -> Findings:
    """Ask for every address, or those named, as the principals named."""
    findings = Findings()
    for key in keys:
        caller = Caller(world, key, findings)
        for address in addresses():
            if names is None or address.name in names:
                _ask_all(caller, address)
        if names is None or names & LISTS:
            _search(caller)
    return findings


def _ask_all(caller: Caller, address: Address) -> None:
    mark = access_of(address.view)
    assert mark is not None, address.name
    asked = list(paths(address, caller.world, caller.post))
    if not _is_open(caller, mark.what):
        # It is refused whatever is asked for: once for what is, once for what is not.
        asked = [asked[0], asked[-1]] if len(asked) > 1 else asked
    answers = {}
    if "GET" in mark.methods:
        for path in asked:
            response, text = caller.ask("GET", path)
            answers[path] = (response.status_code, text)
        _compare(caller, address, answers)
    if address.name in LISTS and _is_open(caller, mark.what):
        for query in QUERIES:
            caller.ask("GET", asked[0] + query)
    if "POST" in mark.methods and caller.sends:
        _send_all(caller, asked)
    for method in {"GET", "POST", "DELETE"} - mark.methods:
        response, _ = caller.ask(method, asked[0])
        if response.status_code in (200, 201, 204):
            caller.wrong(method, asked[0], "answered a method it does not name")


def twins(world: World) -> set[str]:
    """Return the principals whose role may do and sees what an earlier one's does.

    They read everything; what they would send has been sent in the same words.
    """
    seen: set[Any] = set()
    found = set()
    for key, post in world.principals.items():
        if post is not None:
            rights = (post.rights.permissions, post.rights.sees, len(post.region_id))
            found |= {key} if rights in seen else set()
            seen.add(rights)
    return found


def _is_open(caller: Caller, what: Any) -> bool:
    if isinstance(what, Permission):
        return bool(caller.post) and caller.post.state.allows(what)
    return what is PUBLIC or caller.key in caller.world.users


def _send_all(caller: Caller, asked: list[str]) -> None:
    """Send every form; rows of other regions must be the same to the bit after it."""
    cookies = caller.client.cookies.copy()
    before = foreign_digests(caller.post)
    with transaction.atomic():
        for path in asked:
            for body in bodies(caller.world, caller.post):
                # Every form is a new one: a key used before would not act.
                form = {**body, "once": new_key()} if body else body
                with transaction.atomic():
                    response, _ = caller.ask("POST", path, form)
                    transaction.set_rollback(response.status_code >= 500)
                caller.client.cookies = cookies.copy()
        after = foreign_digests(caller.post)
        for table in [name for name in before if after[name] != before[name]]:
            caller.wrong("POST", asked[0], f"changed rows of another region: {table}")
        transaction.set_rollback(True)
    caller.client.cookies = cookies


def _compare(
    caller: Caller, address: Address, answers: dict[str, tuple[int, str]]
) -> None:
    """A row elsewhere must answer like one that is not there, to the letter."""
    named = next((n for n in _COMPARED if n in address.parameters), None)
    if named is None or not answers:
        return
    rows = getattr(caller.world, _COMPARED[named])
    scope = {row.pk for row in rows if _inside(caller.post, row)}
    at = address.route.split("/").index(f"<int:{named}>") + 1
    for path, (status, text) in answers.items():
        parts = path.split("/")
        if int(parts[at]) in scope or int(parts[at]) == MISSING:
            continue
        parts[at] = str(MISSING)
        twin = "/".join(parts)
        if twin not in answers:
            continue
        same = answers[twin]
        if (status, alike(text, path)) != (same[0], alike(same[1], twin)):
            caller.wrong("GET", path, "tells what is elsewhere from what is not")


def _inside(post: Post | None, row: Any) -> bool:
    place = row.village_id if hasattr(row, "village_id") else row.region_id
    return bool(post) and place.startswith(post.region_id)


def _search(caller: Caller) -> None:
    """Search by what names people; what is masked must not be found by either."""
    own = [h for h in caller.world.households if _inside(caller.post, h)]
    for line in searches(caller.world):
        response, _ = caller.ask("POST", "/households/", {"find": line}, line)
        if response.status_code != 302 or "sign-in" in response["Location"]:
            continue
        # A letter or two may stand in any key.
        if len(line) > len("wzq") and line in response["Location"]:
            caller.wrong("POST", "/households/", "what was searched for in an address")
        _, text = caller.ask("GET", response["Location"], echo=line)
        mask = caller.world.canaries.get(line.removeprefix("王"))
        rights: Role | None = caller.post.rights if caller.post else None
        shown = [h for h in own if f"/households/{h.pk}/" in text]
        if mask and rights and shown and not in_charge(rights, mask.mask):
            caller.wrong("POST", "/households/", f"found by {mask.field}")
        if (
            mask
            and mask.mask is Mask.SECRET
            and rights
            and in_charge(rights, mask.mask)
        ):
            expected = {h.pk for h in own if h.village_id == mask.village}
            if {h.pk for h in shown} != expected:
                caller.wrong("POST", "/households/", "a search missed or found more")


def foreign_digests(post: Post | None) -> dict[str, str]:
    """Return a digest of all rows outside the region of a post, table by table."""
    digests = {}
    with connection.cursor() as cursor:
        for table, query, values in _foreign_queries(post and post.region_id):
            cursor.execute(query, values)
            rows = repr(cursor.fetchall()).encode()
            digests[table] = hashlib.sha256(rows).hexdigest()
    return digests


# Asked before and after every form, some thousand times: put into SQL once.
@cache
def _foreign_queries(region: str | None) -> list[tuple[str, str, Any]]:
    """Return what reads the rows outside a region, all rows for None, by table."""
    queries = []
    for model, lead in scoped_models():
        rows = models.QuerySet(model).order_by("pk")
        if region is not None:
            rows = rows.exclude(within(region, lead))
            if model.__name__ in FIGURES:
                rows = rows.exclude(**{f"{lead}__in": ancestors(region)})
        query, values = rows.values_list().query.sql_with_params()
        queries.append((model._meta.label, query, values))
    return queries


def scoped_models() -> Iterator[tuple[type[models.Model], str]]:
    """Yield every table whose rows lie in a region, and what leads there."""
    for model in apps.get_models():
        manager = model._default_manager
        if isinstance(manager, ScopedManager):
            yield model, manager.scope_field
