"""Bugs planted one at a time: the net is alive only while it catches each of them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Q
from tests.web.matrix import feeds
from tests.web.matrix.addresses import OPEN, addresses
from tests.web.matrix.driver import run
from tests.web.matrix.work import plant
from tests.web.matrix.world import World, build

from xiuhua.apps.accounts import selectors as accounts
from xiuhua.apps.accounts.roles import ROLES, Role
from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.exchange import selectors as exchange
from xiuhua.apps.exchange.models import Download
from xiuhua.apps.exchange.services import downloads
from xiuhua.apps.exchange.services.downloads import FILE
from xiuhua.apps.exchange.staging import store
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry import selectors as registry
from xiuhua.apps.registry.acts import recording
from xiuhua.web import access, posts
from xiuhua.web.pages.exchange import tables as exchange_tables
from xiuhua.web.pages.households import listing, shown
from xiuhua.web.tables import table


pytestmark = [
    pytest.mark.usefixtures("each_database"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
Patch = Callable[..., None]
PAGES = {"households:index", "households:page"}


@pytest.fixture(autouse=True)
def _quiet(settings, tmp_path):
    settings.SECOND_FACTOR_REQUIRED, settings.DATA_DIR = False, tmp_path
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def _no_fences(monkeypatch) -> None:
    """Neither the selector nor the manager below it looks at the region."""
    monkeypatch.setattr(posts, "region_scope", lambda codes: region_scope(EVERYWHERE))
    _patch_within(monkeypatch, lambda code, field="code": Q())


def _patch_within(monkeypatch, other: Any) -> None:
    for module in (registry, recording):
        monkeypatch.setattr(module, "within", other)


def _beginning_of_a_code(monkeypatch) -> None:
    """A region takes in what begins like all but its last digit."""
    monkeypatch.setattr(
        posts, "region_scope", lambda codes: region_scope([c[:6] for c in codes])
    )
    _patch_within(monkeypatch, lambda code, field="code": within(code[:-1], field))


def _rank_shows_all(monkeypatch) -> None:
    monkeypatch.setattr(Role, "shows", lambda self, mask: True)


def _secrets_on_pages(monkeypatch) -> None:
    real = shown.shown

    def open_secret(field: Any, value: Any, rights: Role) -> Any:
        found = real(field, value, rights)
        text = str(value) if value else found.text
        return shown.Shown(field, found.label, text, found.known)

    monkeypatch.setattr(shown, "shown", open_secret)


def _no_permissions(monkeypatch) -> None:
    monkeypatch.setattr(access, "allows", lambda request, permission: True)


def _posts_never_end(monkeypatch) -> None:
    monkeypatch.setattr(accounts, "held_on", lambda day: Q())


def _foreign_is_forbidden(monkeypatch) -> None:
    """Rows elsewhere answer 403, missing ones 404: that tells them apart."""
    real = registry.household_get

    def told(*, viewer: Any, household_id: int) -> Any:
        with region_scope(EVERYWHERE):
            elsewhere = registry.Household.unscoped.filter(pk=household_id).exists()
        try:
            return real(viewer=viewer, household_id=household_id)
        except registry.HouseholdNotFound as error:
            if elsewhere:
                error.code = "accounts.not_permitted"
            raise

    monkeypatch.setattr(registry, "household_get", told)


def _search_by_what_is_masked(monkeypatch) -> None:
    """Whoever may not see an identity number may find a household by it."""
    real = listing.asked_by
    monkeypatch.setattr(
        listing, "asked_by", lambda text, rights: real(text, ROLES["county_office"])
    )


def _written_elsewhere(monkeypatch) -> None:
    """The acts look for the household in the whole country and ask nobody."""
    _no_fences(monkeypatch)
    monkeypatch.setattr(recording, "check_permitted", lambda by, what, region: None)


def _names_in_workbooks(monkeypatch) -> None:
    """A workbook for everybody, with what the page masks."""
    monkeypatch.setattr(table, "_may_export", lambda request, table: True)
    monkeypatch.setattr(
        listing, "name_shown", lambda name, rights: name or "", raising=True
    )


BUGS: dict[str, tuple[Patch, str, set[str], str]] = {
    "no region": (_no_fences, "township_clerk/township/own", PAGES, "ZQ"),
    "code prefix": (_beginning_of_a_code, "helper/village/own", PAGES, "ZQ"),
    "rank shows all": (_rank_shows_all, "sector_bureau/county/own", PAGES, "ZQ"),
    "secret shown": (_secrets_on_pages, "county_office/county/own", PAGES, "id_number"),
    "no permission": (_no_permissions, "people_administrator/county/own", PAGES, "ZQ"),
    "expired post": (_posts_never_end, "county_office/expired", PAGES, "ZQ"),
    "403 for foreign": (
        _foreign_is_forbidden,
        "township_clerk/township/own",
        PAGES,
        "tells what is elsewhere",
    ),
    "filter oracle": (
        _search_by_what_is_masked,
        "helper/village/own",
        PAGES,
        "found by",
    ),
    "write elsewhere": (
        _written_elsewhere,
        "village_secretary/village/own",
        {"households:member_add"},
        "changed rows of another region: registry.Person",
    ),
    "workbook": (_names_in_workbooks, "sector_bureau/county/own", PAGES, "head_name"),
}


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught(name, monkeypatch):
    bug, key, pages, word = BUGS[name]
    world = build()
    _asks_around(monkeypatch, key)
    clean = run(world, [key], pages)

    bug(monkeypatch)
    caught = run(world, [key], pages)

    assert clean.wrong == []
    assert any(word in finding for finding in caught.wrong), caught.wrong[:5]


def _uploads_of_everybody(monkeypatch) -> None:
    monkeypatch.setattr(posts, "region_scope", lambda codes: region_scope(EVERYWHERE))
    monkeypatch.setattr(exchange, "within", lambda code, field="code": Q())


def _files_of_others(monkeypatch) -> None:
    """Whoever knows the number of a file takes it."""
    everybodys = Download.unscoped.filter(erased_at__isnull=True)
    monkeypatch.setattr(exchange, "download_list", lambda viewer: everybodys)

    def taken(*, download_id: int, by: Any, at: Any) -> Any:
        found = everybodys.get(pk=download_id)
        return found, store.content(store.folder(store.DOWNLOADS, found.key) / FILE)

    monkeypatch.setattr(downloads, "download_take", taken)


def _secrets_of_files(monkeypatch) -> None:
    real = exchange_tables.shown

    def open_secret(field: Any, value: Any, rights: Role) -> Any:
        found = real(field, value, rights)
        return shown.Shown(field, found.label, str(value), found.known)

    monkeypatch.setattr(exchange_tables, "shown", open_secret)


def test_planted_bugs_in_what_hangs_on_rows_are_caught(monkeypatch):
    world = build()
    plant(world)
    clerk = "township_clerk/township/own"
    uploads, files = {"exchange:upload"}, {"exchange:fetch"}
    cases = (
        (_uploads_of_everybody, clerk, uploads, "ZQ99"),
        (_files_of_others, clerk, files, "ZQ"),
        (_secrets_of_files, clerk, uploads, "bank_account"),
    )
    for bug, key, pages, word in cases:
        clean = run(world, [key], pages)
        with monkeypatch.context() as planted:
            bug(planted)
            caught = run(world, [key], pages)
        assert clean.wrong == []
        assert any(word in finding for finding in caught.wrong), bug.__name__


def _asks_around(monkeypatch, key: str) -> None:
    """A principal without a post in force asks for the places of the post it had."""
    real = feeds._households

    def around(world: World, post: Any) -> list[int]:
        return real(world, post) if post else [h.pk for h in world.households[:2]]

    monkeypatch.setitem(feeds.FEEDS, "household_id", around)


def test_an_unmarked_page_fails_the_inventory(monkeypatch):
    page = next(a for a in addresses() if a.name == "households:page")
    monkeypatch.setitem(vars(page.view), "xiuhua_access", None)

    assert access.access_of(page.view) is None
    assert page.name in OPEN
