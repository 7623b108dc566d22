"""Import and export of a county: rows a second from file to registry and back.

    python benchmarks/exchange.py [--households 25000] [--database postgresql://…]

About four rows a household. Each step is timed once, one after the other, in one
process with the parser in its own; `lay` is one transaction.
"""

# ruff: noqa: PLC0415  Django is imported once its environment is set
from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from measure import record


REGION = "990126"
AT = datetime(2019, 12, 31, 4, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=25_000)
    parser.add_argument("--database", default="sqlite")
    said = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="xiuhua-bench-"))
    os.environ["XIUHUA_DATA_DIR"] = str(folder / "data")
    os.environ["XIUHUA_DATABASE_URL"] = said.database
    os.environ["DJANGO_SETTINGS_MODULE"] = "xiuhua.config.settings"
    try:
        figures = measured(folder, said.households)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    name = "exchange" if said.database == "sqlite" else "exchange_postgresql"
    kind = "sqlite" if said.database == "sqlite" else "postgresql"
    print(record(name, {"database": kind, **figures}))


def measured(folder: Path, households: int) -> dict[str, Any]:
    prepare()
    workbook = invented(folder, households)
    villages(workbook)
    clerk = county_office()
    first = sent(workbook, clerk)
    took = {"read_and_compare": timed(lambda: compared(first))}
    took["lay"] = timed(lambda: laid(first, clerk))
    first.refresh_from_db()
    assert first.state == "promoted", (first.state, first.error)
    second = sent(workbook, clerk)
    took["compare_again"] = timed(lambda: compared(second))
    second.refresh_from_db()
    for kind, form in (("export", "xlsx"), ("export", "csv"), ("sheet", "xlsx")):
        took[f"{kind}_{form}"] = handed_out(kind, form, clerk)
    rows = first.counts["rows"]
    return {
        "file_mb": round(workbook.stat().st_size / 1e6, 1),
        "second_time": second.counts["counts"],
        "rows": rows,
        "rows_by_outcome": first.counts["counts"],
        "steps": {
            name: {**spent, "rows_per_s": round(rows / spent["wall_s"])}
            for name, spent in took.items()
        },
    }


def prepare() -> None:
    """Set the application up on an empty database, with nobody to take up tasks."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.TASKS = {
        "default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}
    }
    call_command("migrate", verbosity=0)


def invented(folder: Path, households: int) -> Path:
    """Write the workbook of an invented county."""
    from xiuhua.core.synthetic.files import write_population
    from xiuhua.core.synthetic.population import Recipe

    recipe = Recipe(households=households, seed=1, region=REGION, faults=0)
    write_population(recipe, folder / "county", "xlsx")
    (workbook,) = (folder / "county").glob("*.xlsx")
    return workbook


def county_office() -> Any:
    """Return the post that sends the file in."""
    from xiuhua.apps.accounts.models import Post, User

    user = User.objects.create(username="bench", full_name="bench", registered_at=AT)
    return Post.unscoped.create(
        user=user, role="county_office", region_id=REGION, valid_from=date(2018, 1, 1)
    )


def sent(workbook: Path, clerk: Any) -> Any:
    """Send the workbook in as an export of the national system."""
    from xiuhua.apps.exchange import tasks
    from xiuhua.apps.exchange.rules import Origin

    with workbook.open("rb") as source:
        return tasks.upload_send(
            source=source,
            name="registry.xlsx",
            size=workbook.stat().st_size,
            origin=Origin.NATIONAL,
            made_at=AT,
            clears=False,
            by=clerk,
            at=AT,
        )


def compared(upload: Any) -> None:
    from xiuhua.apps.exchange import working

    working.upload_read(upload_id=upload.pk, clock=lambda: AT)


def laid(upload: Any, clerk: Any) -> None:
    from xiuhua.apps.exchange import working
    from xiuhua.apps.exchange.services import uploads

    upload.refresh_from_db()
    uploads.upload_order(upload_id=upload.pk, version=upload.version, by=clerk, at=AT)
    working.upload_lay(upload_id=upload.pk, clock=lambda: AT)


def handed_out(kind: str, form: str, clerk: Any) -> dict[str, float]:
    """Make a file for somebody and say what it took."""
    from xiuhua.apps.exchange import tasks
    from xiuhua.apps.exchange.making import files
    from xiuhua.apps.exchange.models import Download

    asked = {"year": 2019, "form": form}
    download = tasks.download_ask(
        kind=kind, region=REGION, asked=asked, by=clerk, at=AT
    )
    took = timed(lambda: files.download_make(download_id=download.pk, clock=lambda: AT))
    assert Download.unscoped.get(pk=download.pk).ready_at
    return took


def villages(workbook: Path) -> None:
    """Enter the regions the workbook speaks of."""
    import fastexcel

    from xiuhua.apps.audit.rules import Actor
    from xiuhua.apps.regions import services as regions
    from xiuhua.core.region_codes import ancestors

    sheet = fastexcel.read_excel(workbook).load_sheet("村", dtypes="string")
    table = sheet.to_arrow()
    codes = table.column("行政村代码").to_pylist()
    known: set[str] = set()
    for code in sorted(codes):
        for around in ancestors(code):
            if around and around not in known:
                known.add(around)
                regions.region_create(
                    code=around,
                    name=around,
                    valid_from=None,
                    by=Actor.command("benchmark"),
                    at=AT,
                )


def timed(step: Callable[[], Any]) -> dict[str, float]:
    wall, cpu = time.perf_counter(), os.times()
    step()
    after = os.times()
    spent = sum(after[:4]) - sum(cpu[:4])
    return {
        "wall_s": round(time.perf_counter() - wall, 2),
        "cpu_s": round(spent, 2),
    }


if __name__ == "__main__":
    main()
