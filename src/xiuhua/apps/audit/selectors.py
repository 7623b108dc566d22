"""Read the record and verify it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db.models import Max, QuerySet

from xiuhua.apps.audit.models import Chain, Entry
from xiuhua.apps.audit.rules import NO_HEAD, Break, Head, breaks_of, chain_of
from xiuhua.core.region_codes import contains


def entry_list(*, target: str, target_id: str) -> QuerySet[Entry]:
    """Return the entries about one record, newest first."""
    found = Entry.objects.filter(target=target, target_id=target_id)
    return found.order_by("-recorded_at", "-pk")


def entry_count(*, actor: str, action: str, since: datetime) -> int:
    """Return how many acts of one kind somebody has done since an instant."""
    found = Entry.objects.filter(actor=actor, action=action, recorded_at__gte=since)
    return found.count()


def chain_heads(*, region: str = "") -> dict[str, Head]:
    """Return the head of every chain by its code, or of those that concern a region.

    The chain of what concerns no region is always among them.
    """
    return {
        chain.code: chain.head
        for chain in Chain.objects.order_by("code")
        if _concerns(chain.code, region)
    }


def break_list(*, anchor: Mapping[str, Head], region: str = "") -> Iterator[Break]:
    """Return everything that is wrong with the record, chain by chain.

    `anchor` holds heads that were written down earlier, where the database cannot
    reach them; without it a cut tail can go unseen. With `region` only the chains
    that concern it are read.
    """
    heads = chain_heads()
    chained = set(Entry.objects.order_by().values_list("chain", flat=True).distinct())
    every = sorted(heads.keys() | chained | anchor.keys())
    for code in (code for code in every if _concerns(code, region)):
        head = heads.get(code, NO_HEAD)
        entries = Entry.objects.filter(chain=code, number__lte=head.count)
        yield from breaks_of(
            code,
            (e.record for e in entries.order_by("number").iterator(chunk_size=2000)),
            head=head,
            anchored=anchor.get(code, NO_HEAD),
        )
        yield from _beyond_head(code)


def _concerns(chain: str, region: str) -> bool:
    return not chain or contains(chain_of(region), chain)


def _beyond_head(code: str) -> Iterator[Break]:
    """Return the first entry no head knows of.

    The head is read after the entries: whoever appends meanwhile moves both at once.
    """
    last = Entry.objects.filter(chain=code).aggregate(last=Max("number"))["last"] or 0
    head = Chain.objects.filter(code=code).first()
    known = head.count if head else 0
    if last > known:
        yield Break(code, known + 1, "an entry stands behind the chain's head")
