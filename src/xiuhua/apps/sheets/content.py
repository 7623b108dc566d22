"""What a row says and what is found about it, as text to be sealed, and back."""

from __future__ import annotations

import json
from typing import Any

from xiuhua.apps.sheets.heads import CellUnfit
from xiuhua.apps.sheets.kinds import Row
from xiuhua.apps.sheets.models import SheetRow
from xiuhua.apps.sheets.rules import Outcome


def packed(row: Row) -> str:
    """Return a row as the text that is kept."""
    return json.dumps(
        {
            "said": dict(row.said),
            "faults": [[key, *_parts(fault)] for key, fault in row.faults],
            "notes": [[key, *_parts(note)] for key, note in row.notes],
            "changes": row.changes,
            "plan": row.plan,
        },
        ensure_ascii=False,
    )


def unpacked(kept: SheetRow) -> Row:
    """Return a row as it was kept; bare once its content is erased."""
    found: dict[str, Any] = json.loads(kept.content) if kept.content else {}
    return Row(
        title=kept.title,
        number=kept.number,
        said=found.get("said", {}),
        outcome=Outcome(kept.outcome),
        faults=[_whole(one) for one in found.get("faults", ())],
        notes=[_whole(one) for one in found.get("notes", ())],
        changes=[(key, old, new) for key, old, new in found.get("changes", ())],
        plan=found.get("plan", {}),
    )


def bare(row: Row) -> Row:
    """Return the row as it was read, with nothing found about it."""
    return Row(row.title, row.number, row.said)


def comes_to(row: Row) -> tuple[Any, ...]:
    """Return what taking a row over would do, to be held against a later comparison."""
    return row.outcome, json.dumps([row.plan, row.changes], sort_keys=True)


def _parts(fault: CellUnfit) -> tuple[str, str, dict[str, Any]]:
    return fault.message, fault.hint, fault.values


def _whole(kept: list[Any]) -> tuple[str, CellUnfit]:
    key, message, hint, values = kept
    return key, CellUnfit(message, hint=hint, **values)
