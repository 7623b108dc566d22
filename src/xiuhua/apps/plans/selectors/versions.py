"""Compare two agreed versions of a plan, measure by measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from xiuhua.apps.plans.models import PlanVersion


# What is compared, in the order it is shown in.
COMPARED: Final = (
    *("kind", "what", "person", "income_yuan", "is_dividend", "money_yuan"),
    *("money_source", "unit", "owner", "starts_on", "deadline", "demanded"),
)


@dataclass(frozen=True)
class Compared:
    """A measure in two versions; `changed` are (fact, old, new) of what differs.

    `fate` is `added`, `removed`, `changed` or `same`.
    """

    measure: int
    kind: str
    what: str
    fate: str
    changed: tuple[tuple[str, Any, Any], ...]


def compared(old: PlanVersion | None, new: PlanVersion | None) -> list[Compared]:
    """Return what became of every measure from one version to another.

    Without an old version everything was added.
    """
    before, after = _by_key(old), _by_key(new)
    return [
        _one(key, before.get(key), after.get(key))
        for key in sorted(before.keys() | after.keys())
    ]


def _by_key(version: PlanVersion | None) -> dict[int, Mapping[str, Any]]:
    return {m["measure"]: m for m in version.content} if version else {}


def _one(
    key: int, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> Compared:
    shown = new or old or {}
    changed = tuple(
        (name, old.get(name), new.get(name))
        for name in COMPARED
        if old is not None and new is not None and old.get(name) != new.get(name)
    )
    fate = "changed" if changed else "same"
    if old is None or new is None:
        fate = "added" if old is None else "removed"
    return Compared(key, shown.get("kind", ""), shown.get("what", ""), fate, changed)
