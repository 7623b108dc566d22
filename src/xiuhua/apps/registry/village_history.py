"""Read what villages report of themselves, and how it came to be so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.facts import PLACED
from xiuhua.apps.registry.history import FieldChange, field_change
from xiuhua.apps.registry.models import VillageChange, VillageFacts


_KEYS: Final = frozenset({*PLACED["village"].values(), "year"})


@dataclass(frozen=True)
class VillageLine:
    """One change of a village's report for a year: act, actor, and what changed."""

    year: int
    act: str
    recorded_at: datetime
    by_user: str
    by_post: str
    order_number: str
    undone: bool
    fields: tuple[FieldChange, ...]


def report_list(*, viewer: Post, village: str) -> list[VillageFacts]:
    """Return the reports of a village of the viewer's region, newest year first.

    Raises:
        ScopeMissing: outside a region scope.
    """
    here = within(viewer.region_id, "village_id")
    found = VillageFacts.objects.filter(here, village_id=village)
    return list(found.order_by("-year"))


def village_lines(*, viewer: Post, village: str, most: int) -> list[VillageLine]:
    """Return the latest changes of a village's reports, at most some, newest first.

    Raises:
        ScopeMissing: outside a region scope.
    """
    here = within(viewer.region_id, "village_id")
    found = VillageChange.objects.filter(here, village_id=village)
    changes = found.select_related("batch").order_by("-pk")[:most]
    return [_line(change, viewer) for change in changes]


def _line(change: VillageChange, viewer: Post) -> VillageLine:
    return VillageLine(
        year=change.year,
        act=change.act,
        recorded_at=change.recorded_at,
        by_user=change.by_user,
        by_post=change.by_post,
        order_number=change.order_number,
        undone=change.batch is not None and change.batch.undone_at is not None,
        fields=tuple(
            field_change(VillageFacts, column, change, viewer)
            for column in sorted(change.new)
            if column not in _KEYS
        ),
    )
