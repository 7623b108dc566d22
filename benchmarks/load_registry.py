"""Fill a database with a made-up province: households and all that is about them.

    python load_registry.py --households 650000 --data-dir DIR [--database URL]

Places, posts and adopted standards as the application keeps them; households, members,
incomes, spans, history, judgements, shortfalls and tallies as its services would have
left them. Nothing goes through the services row by row: a test at a small size holds
the result equal to theirs. Figures go to `results/load_registry.json`.
"""

from __future__ import annotations

import argparse
import gc
import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any


AT = datetime(2019, 12, 31, 2, tzinfo=UTC)
AS_OF = date(2019, 12, 31)
REGION = "99"
SOURCE = "made up for a benchmark"


def prepared(data_dir: Path, database: str) -> None:
    """Make Django ready over a data folder and a database."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "xiuhua.config.settings"
    os.environ |= {
        "XIUHUA_DATA_DIR": str(data_dir),
        "XIUHUA_DATABASE_URL": database,
        "XIUHUA_DEMO": "1",
        "XIUHUA_HTTPS": "0",
        "XIUHUA_SECOND_FACTOR": "0",
    }
    import django  # noqa: PLC0415  after the settings are named

    django.setup()


def filled(households: int, *, seed: int = 1) -> Iterator[tuple[str, int]]:
    """Fill the database of the settings; yield counties with their households."""
    from django.db import transaction  # noqa: PLC0415  it needs the settings
    from fast_rows import sequences_moved  # noqa: PLC0415
    from province import places_written, posts_made  # noqa: PLC0415
    from registry_rows import Entry, county_written  # noqa: PLC0415
    from verdict_rows import verdicts_written  # noqa: PLC0415

    from xiuhua.apps.registry.models import (  # noqa: PLC0415
        Batch,
        Change,
        Household,
        IncomeStatement,
        Person,
        StatusSpan,
    )
    from xiuhua.apps.registry.rules import income_window  # noqa: PLC0415
    from xiuhua.core.synthetic.population import Recipe, population  # noqa: PLC0415
    from xiuhua.core.synthetic.writers import arrow_tables  # noqa: PLC0415

    recipe = Recipe(households, seed, REGION, as_of=AS_OF)
    window = income_window(AS_OF.year)
    for county in population(recipe):
        tables = arrow_tables(county)
        code = county.county.code
        with transaction.atomic():
            places_written(code, tables["village"], year=AS_OF.year, at=AT)
            office = posts_made(code, as_of=AS_OF, at=AT)
            batch = Batch.unscoped.create(
                region_code=code,
                source=SOURCE,
                digest="0" * 64,
                counts={"households_new": tables["household"].num_rows},
                by_user=office.actor.name,
                by_post=office.actor.post,
                recorded_at=AT,
            )
            entry = Entry(
                office.actor.name,
                office.actor.post,
                batch.pk,
                AT,
                AS_OF,
                (window.start, window.end),
                SOURCE,
            )
            keys = county_written(tables, entry)
            sequences_moved(Household, Person, IncomeStatement, StatusSpan, Change)
            verdicts_written(code, tables, keys, at=AT)
        yield code, county.county.households
    _analyzed()


def _analyzed() -> None:
    """Let the planner know what there is, as the databases do by themselves in time."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def unsynced() -> None:
    """A load that is cut off is begun again: nothing has to survive a power cut."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=OFF")
        else:
            cursor.execute("SET synchronous_commit=off")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=10_000)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--database", default="sqlite")
    said = parser.parse_args()
    prepared(said.data_dir, said.database)
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from measure import record  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    unsynced()
    # Millions of rows that are all needed: looking for rubbish among them takes longer
    # than making them.
    gc.disable()
    started, rows = time.perf_counter(), 0
    for what, count in filled(said.households):
        rows += count
        gc.collect()
        print(f"{time.perf_counter() - started:7.1f} s  {what}: {count}", flush=True)
    took = time.perf_counter() - started
    figures: dict[str, Any] = {
        "database": connection.vendor,
        "households": said.households,
        "seconds": round(took, 1),
        "households_per_second": round(said.households / took),
    }
    print(figures)
    record(f"load_registry_{connection.vendor}_{said.households}", figures)


if __name__ == "__main__":
    main()
