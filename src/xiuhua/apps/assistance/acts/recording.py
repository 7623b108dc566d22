"""Write down what was done: in the book of the region, chained, and in the audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assistance.models import Book, HelpEvent
from xiuhua.apps.assistance.people import Entered
from xiuhua.apps.audit import services as audit
from xiuhua.apps.audit.chained import chained_all
from xiuhua.core.errors import XiuhuaError


_Row = TypeVar("_Row", bound=Entered)


class StaleHelp(XiuhuaError):
    """Somebody else changed it since it was shown, or it was not said what was seen."""

    code = "assistance.stale_help"


@dataclass(frozen=True)
class Done:
    """One thing that was done to a row: the act, from and to which state, what else."""

    act: str
    row: models.Model
    said: Mapping[str, Any] = field(default_factory=dict)
    old_state: str = ""
    new_state: str = ""

    @property
    def about(self) -> str:
        """Return the row's name: `assistance.visit:12`."""
        return about(self.row)


def about(row: models.Model) -> str:
    """Return the name of a row in books and audit."""
    return f"{row._meta.label_lower}:{row.pk}"


def recorded(action: str, done: Done, *, region: str, by: Post, at: datetime) -> None:
    """Write one thing into the book of its region and into the audit.

    `action` is the participle the audit names it by: `visit.made`.

    Raises:
        ValueUnfit: when a value would not read the same later.
    """
    event = booked([done], region=region, by=by, at=at)[0]
    audit.entry_append(
        action=f"assistance.{action}",
        target=done.row._meta.label_lower,
        target_id=str(done.row.pk),
        target_label=region,
        region_code=region,
        by=by.actor,
        at=at,
        new={"event": event.digest},
    )


def booked(
    done: Iterable[Done], *, region: str, by: Post, at: datetime
) -> list[HelpEvent]:
    """Write things into the book of one region, which is made by the first of them.

    Raises:
        ValueUnfit: when a value would not read the same later.
    """
    Book.unscoped.bulk_create([Book(region_id=region)], ignore_conflicts=True)
    book = Book.unscoped.select_for_update().get(region_id=region)
    events = [
        (
            HelpEvent(
                book=book,
                about=one.about,
                act=one.act,
                old_state=one.old_state,
                new_state=one.new_state,
            ),
            {"about": one.about, **one.said},
        )
        for one in done
    ]
    hung: Any = chained_all(events, head=book, by=by.actor, at=at)
    return HelpEvent.unscoped.bulk_create(hung, batch_size=500)


def locked(row: _Row, version: int | None) -> _Row:
    """Return a row locked, if it is still the one that was seen.

    Raises:
        StaleHelp: when it was changed meanwhile, or no version is named.
    """
    found: _Row = type(row)._base_manager.select_for_update().get(pk=row.pk)
    if version is None or found.version != version:
        raise StaleHelp("somebody else changed it meanwhile")
    return found


def kept(row: Entered) -> None:
    """Save a row under its next version."""
    row.version += 1
    row.save()


def day_of(at: datetime) -> date:
    """Return the day of an instant where the county lies."""
    return timezone.localtime(at).date()
