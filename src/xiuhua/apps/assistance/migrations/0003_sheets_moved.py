"""Move the sheets of pairings to where every list sent in is kept."""

from __future__ import annotations

import json
from typing import Any

from django.db import migrations


# The cells of an old row by the column they stood in.
_CELLS = {
    "household": "number",
    "helper": "name",
    "unit": "unit",
    "number": "helper_number",
    "rank": "rank",
    "phone": "phone",
    "starts_on": "from",
}
_KEPT = ("region_id", "once", "version", "source", "digest", "state")
_SIGNED = ("sent_by", "sent_at", "settled_by", "settled_at")


def move(apps: Any, schema_editor: Any) -> None:
    """Copy each sheet with its rows; pairings are named by the rows that made them."""
    old_sheets = apps.get_model("assistance", "Sheet")._base_manager
    pairings = apps.get_model("assistance", "Pairing")._base_manager
    sheets = apps.get_model("sheets", "Sheet")._base_manager
    rows = apps.get_model("sheets", "SheetRow")
    for old in old_sheets.order_by("pk").iterator(chunk_size=10):
        kept = {name: getattr(old, name) for name in (*_KEPT, *_SIGNED)}
        counts = {k: n for k, n in old.counts.items() if k != "helpers"}
        new = sheets.create(kind="pairings", counts=counts, **kept)
        made = dict(pairings.filter(sheet_id=old.pk).values_list("household_id", "pk"))
        rows._base_manager.bulk_create(
            [
                rows(
                    sheet=new,
                    place=place,
                    number=row["row"],
                    outcome=row["outcome"],
                    content=_content(row),
                    made=_made(row, made),
                )
                for place, row in enumerate(old.rows)
            ],
            batch_size=500,
        )


def _made(row: dict[str, Any], made: dict[int, int]) -> int | None:
    wanted = row["outcome"] in ("new", "changed")
    return made.get(row["household"]) if wanted else None


def _content(row: dict[str, Any]) -> str:
    fault = [[row["cell"], row["why"], "", {}]] if row["why"] else []
    plan = {key: row[key] for key in ("household", "helper", "from")}
    return json.dumps(
        {
            "said": {key: row[name] for key, name in _CELLS.items()},
            "faults": fault,
            "notes": [],
            "changes": [],
            "plan": {} if fault or row["outcome"] == "unchanged" else plan,
        },
        ensure_ascii=False,
    )


class Migration(migrations.Migration):
    """Rows are copied; the old table goes in the next step."""

    dependencies = (
        ("assistance", "0002_append_only"),
        ("sheets", "0001_initial"),
    )
    operations = (migrations.RunPython(move, migrations.RunPython.noop),)
