"""Events of a record, chained: what an app above keeps of each of its records.

The audit has one chain a county and names no values; these chains belong to one record
and say all that was said of it. Tables made from `ChainedEvent` get the triggers of
`guards.guard_table`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.audit.rules import START, Actor, recordable


_COVERED: Final = (
    *("number", "act", "old_state", "new_state", "said", "actor", "post", "previous"),
)


class ChainHead(models.Model):
    """A record with events: its version, and the head of its chain."""

    version = models.PositiveIntegerField(_("version"), default=0)
    events_count = models.PositiveIntegerField(_("events"), default=0)
    events_digest = models.CharField(
        _("digest of the last event"), max_length=64, default=START
    )

    class Meta:
        abstract = True

    @property
    def chain_label(self) -> str:
        """Return the name of the record that its events' digests cover."""
        raise NotImplementedError


class ChainedEvent(models.Model):
    """One thing that happened to a record. A subclass says by `record` to which."""

    number = models.PositiveIntegerField(_("number"))
    act = models.CharField(_("act"), max_length=30)
    old_state = models.CharField(_("from"), max_length=30, blank=True)
    new_state = models.CharField(_("to"), max_length=30)
    said = models.JSONField(_("said"))
    actor = models.CharField(_("user"), max_length=150)
    post = models.CharField(_("post"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    previous = models.CharField(_("digest of the event before"), max_length=64)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        abstract = True

    @property
    def record(self) -> ChainHead:
        """Return the record the event belongs to."""
        raise NotImplementedError

    def computed_digest(self) -> str:
        """Return the digest of all the event says, the digest before it included."""
        at = self.recorded_at.astimezone(UTC).isoformat(timespec="microseconds")
        said = {name: getattr(self, name) for name in _COVERED}
        said |= {"record": self.record.chain_label, "recorded_at": at}
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("ascii")).hexdigest()


def chained(
    event: ChainedEvent, *, said: Mapping[str, Any], by: Actor, at: datetime
) -> None:
    """Hang an event on its record's chain and save both; the record must be locked.

    Raises:
        ValueUnfit: when a value would not read the same later.
    """
    head = event.record
    _hung(event, head, said, by=by, at=at)
    head.save()
    event.save()


def linked(
    event: ChainedEvent, *, said: Mapping[str, Any], by: Actor, at: datetime
) -> None:
    """Hang an event on its record's chain without saving either: whoever writes many.

    Raises:
        ValueUnfit: when a value would not read the same later.
    """
    _hung(event, event.record, said, by=by, at=at)


def chained_all(
    events: Iterable[tuple[ChainedEvent, Mapping[str, Any]]],
    *,
    head: ChainHead,
    by: Actor,
    at: datetime,
) -> list[ChainedEvent]:
    """Hang many events, with what each says, on one locked record; save the record.

    The events are returned for their table to take them in at once.

    Raises:
        ValueUnfit: when a value would not read the same later.
    """
    hung = []
    for event, said in events:
        _hung(event, head, said, by=by, at=at)
        hung.append(event)
    head.save()
    return hung


def _hung(
    event: ChainedEvent,
    head: ChainHead,
    said: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
) -> None:
    head.events_count += 1
    head.version += 1
    event.number, event.previous = head.events_count, head.events_digest
    event.said = recordable(dict(said))
    event.actor, event.post, event.recorded_at = by.name, by.post, at
    head.events_digest = event.digest = event.computed_digest()


def is_sound(head: ChainHead, events: models.QuerySet[Any]) -> bool:
    """Test whether the events of a record are those that were written, all of them."""
    last, count = START, 0
    for event in events.order_by("number"):
        count += 1
        in_place = (event.number, event.previous) == (count, last)
        if not in_place or event.digest != event.computed_digest():
            return False
        last = event.digest
    return (count, last) == (head.events_count, head.events_digest)
