"""Fill a loaded registry with a plan for every household, and a ledger of problems.

    python load_loop.py --data-dir DIR [--database URL] [--problems 300000]

To be run once after `load_registry.py`: five measures a plan, a first secretary in each
village who owns them, problems spread evenly over the households. Chains of events are
one event long and carry no true digest. Figures go to
`results/load_loop_<database>_<problems>.json`.
"""

from __future__ import annotations

import argparse
import gc
import time
from pathlib import Path
from typing import Any

from load_registry import AS_OF, AT, prepared, unsynced


def filled(problems: int) -> int:
    """Fill the database of the settings county by county; return rows written."""
    from django.db import transaction  # noqa: PLC0415  it needs the settings
    from loop_rows import (  # noqa: PLC0415
        Setting,
        owners_made,
        plans_written,
        problems_written,
        shared_out,
    )

    from xiuhua.apps.accounts.models import Post  # noqa: PLC0415
    from xiuhua.apps.registry.models import Household  # noqa: PLC0415

    total, before, rows = Household.unscoped.count(), 0, 0
    chosen = set(shared_out(total, problems))
    for office in Post.unscoped.filter(role="county_office").select_related("user"):
        homes = list(
            Household.unscoped.filter(
                village__gte=office.region_id, village__lte=f"{office.region_id}999999"
            )
            .order_by("pk")
            .values_list("pk", "village_id")
        )
        with transaction.atomic():
            owners = owners_made(sorted({v for _, v in homes}), as_of=AS_OF, at=AT)
            setting = Setting(office, AT, owners)
            rows += plans_written(homes, setting)
            among = [h for n, h in enumerate(homes, before) if n in chosen]
            if among:
                rows += problems_written(among, setting)
        before += len(homes)
        gc.collect()
        print(f"{office.region_id}: {len(homes)}", flush=True)
    return rows


def _analyzed() -> None:
    """Let the planner know the new tables, by samples: the others are known to it."""
    from django.apps import apps  # noqa: PLC0415  the settings come first
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit=1000")
        for app in ("accounts", "plans", "ledger"):
            for model in apps.get_app_config(app).get_models():
                cursor.execute(f"ANALYZE {model._meta.db_table}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--problems", type=int, default=300_000)
    said = parser.parse_args()
    prepared(said.data_dir, said.database)
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from measure import record  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    unsynced()
    # As in `load_registry.py`: looking for rubbish takes longer than making the rows.
    gc.disable()
    started = time.perf_counter()
    rows = filled(said.problems)
    _analyzed()
    figures: dict[str, Any] = {
        "database": connection.vendor,
        "rows": rows,
        "seconds": round(time.perf_counter() - started, 1),
    }
    print(record(f"load_loop_{connection.vendor}_{said.problems}", figures))


if __name__ == "__main__":
    main()
