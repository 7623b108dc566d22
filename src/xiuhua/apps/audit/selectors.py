"""Read the record and verify it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db.models import Max, QuerySet

from xiuhua.apps.audit.models import Chain, Entry
from xiuhua.apps.audit.rules import NO_HEAD, Break, Head, breaks_of


def entry_list(*, target: str, target_id: str) -> QuerySet[Entry]:
    """Return the entries about one record, newest first."""
    found = Entry.objects.filter(target=target, target_id=target_id)
    return found.order_by("-recorded_at", "-pk")


def chain_heads() -> dict[str, Head]:
    """Return the head of every chain by its code."""
    return {chain.code: chain.head for chain in Chain.objects.order_by("code")}


def break_list(*, anchor: Mapping[str, Head]) -> Iterator[Break]:
    """Return everything that is wrong with the record, chain by chain.

    `anchor` holds heads that were written down earlier, where the database cannot
    reach them; without it a cut tail can go unseen.
    """
    heads = chain_heads()
    chained = set(Entry.objects.order_by().values_list("chain", flat=True).distinct())
    for code in sorted(heads.keys() | chained | anchor.keys()):
        head = heads.get(code, NO_HEAD)
        entries = Entry.objects.filter(chain=code, number__lte=head.count)
        yield from breaks_of(
            code,
            (e.record for e in entries.order_by("number").iterator(chunk_size=2000)),
            head=head,
            anchored=anchor.get(code, NO_HEAD),
        )
        yield from _beyond_head(code)


def _beyond_head(code: str) -> Iterator[Break]:
    """Return the first entry no head knows of.

    The head is read after the entries: whoever appends meanwhile moves both at once.
    """
    last = Entry.objects.filter(chain=code).aggregate(last=Max("number"))["last"] or 0
    head = Chain.objects.filter(code=code).first()
    known = head.count if head else 0
    if last > known:
        yield Break(code, known + 1, "an entry stands behind the chain's head")
