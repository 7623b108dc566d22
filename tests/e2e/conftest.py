"""The demonstration, a browser, and who of the county office looks at it.

Each file has a demonstration of its own: a copy of the one that is built once.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from tests.databases import cluster, new_database
from tests.demonstration import Demo, password_of, started_once
from tests.e2e.site import PATIENCE_MS, Site, Visitor, launched, visiting
from tests.means import chromium_program


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with _data(tmp_path_factory) as (folder, said):
        demo = Demo(folder, **said)
        try:
            password = password_of(demo.wait())
            yield Site(f"http://127.0.0.1:{demo.port}", password)
        finally:
            demo.end()


@contextmanager
def _data(factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """Give a data folder and the database: `XIUHUA_E2E_DATABASE=postgresql`."""
    if os.environ.get("XIUHUA_E2E_DATABASE", "sqlite") != "postgresql":
        folder = started_once(factory, "site").folder
        yield folder, {}
        shutil.rmtree(folder)
        return
    # The server refuses a cluster that syncs nothing.
    with cluster("fsync=on") as server:
        url = new_database(server, "journeys")
        yield factory.mktemp("site") / "data", {"XIUHUA_DATABASE_URL": url}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        started = launched(playwright, chromium_program())
        yield started
        started.close()


@pytest.fixture
def office(browser: Browser, site: Site) -> Iterator[Visitor]:
    with visiting(browser, site, "county_office") as visitor:
        yield visitor
        assert visitor.complaints == []


@pytest.fixture(params=["desk", "phone"])
def sized(request: Any, browser: Browser, site: Site) -> Iterator[Visitor]:
    with visiting(browser, site, "county_office", size=request.param) as visitor:
        yield visitor
        assert visitor.complaints == []
