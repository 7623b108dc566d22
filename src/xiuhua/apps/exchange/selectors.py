"""Read uploads and their staged outcomes, what is to be keyed, mappings, downloads."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.exchange.keying import WHOLE
from xiuhua.apps.exchange.models import (
    ConflictChoice,
    Download,
    Keying,
    Mapping,
    Upload,
)
from xiuhua.apps.exchange.rules import Choice, Difference, State
from xiuhua.apps.exchange.staging import lists, outcome_files
from xiuhua.apps.exchange.staging.lists import Heading
from xiuhua.apps.exchange.staging.staged_rows import StagedRows
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.facts import INCOME, column_of
from xiuhua.core.errors import XiuhuaError


_UNFINISHED = (State.RECEIVED, State.READING, State.PROMOTING)


class NotHere(XiuhuaError):
    """No such upload, mapping or download where the post is held."""

    code = "exchange.not_here"


def upload_list(*, viewer: Post) -> QuerySet[Upload]:
    """Return the uploads for regions of the viewer."""
    mine = Upload.objects.filter(within(viewer.region_id, "region_id"))
    return mine.select_related("post__user", "ordered_by__user", "undone_by__user")


def upload_get(*, viewer: Post, upload_id: int) -> Upload:
    """Return an upload of the viewer's region.

    Raises:
        NotHere: when there is none; a foreign one answers alike.
    """
    upload = upload_list(viewer=viewer).filter(pk=upload_id).first()
    if upload is None:
        raise NotHere("there is no such upload here")
    return upload


def same_file_before(*, upload: Upload) -> Upload | None:
    """Return the last upload of the same bytes that was promoted and stands."""
    same = Upload.objects.filter(
        file_sha256=upload.file_sha256, state=State.PROMOTED, pk__lt=upload.pk
    )
    return same.order_by("-pk").first()


def unfinished_list(*, before: datetime) -> QuerySet[Upload]:
    """Return uploads that have been waiting for a worker since before an instant."""
    return Upload.unscoped.filter(state__in=_UNFINISHED, received_at__lt=before)


def record_rows(*, upload: Upload) -> StagedRows:
    """Return the records of an upload as rows of a table that is read lazily."""
    return StagedRows(outcome_files.records_table(upload))


def file_rows(*, upload: Upload) -> StagedRows:
    """Return the rows of the file with their outcomes, read lazily."""
    return StagedRows(outcome_files.rows_table(upload))


def missing_rows(*, upload: Upload) -> StagedRows:
    """Return what of ours a national export does not hold, read lazily."""
    return StagedRows(outcome_files.missing_table(upload))


def choices_of(*, upload: Upload) -> dict[tuple[str, str, str], Choice]:
    """Return what was chosen about conflicts, by level, number and field."""
    return {
        (c.level, c.number, c.field): Choice(c.choice)
        for c in ConflictChoice.objects.filter(upload=upload)
    }


def keying_list(*, viewer: Post) -> QuerySet[Keying]:
    """Return what is still to be keyed of the households of the viewer's region.

    In the order of screens: household by household, its own fields, then its persons.
    """
    here = within(viewer.region_id, "household__village_id")
    rows = Keying.objects.filter(here, done_at__isnull=True)
    return rows.select_related("household", "person")


def is_whole(keying: Keying) -> bool:
    """Test whether a whole new household or person is to be keyed."""
    return keying.field == WHOLE[keying.level]


def value_now(keying: Keying) -> Any:
    """Return the value that is to be keyed; income is that of the latest window."""
    if keying.person is not None:
        return getattr(keying.person, keying.field)
    if keying.field in INCOME:
        statements = keying.household.incomes.order_by("-window_to")
        return statements.values_list(keying.field, flat=True).first()
    return getattr(keying.household, column_of("household", keying.field))


def conflict_cells(
    *, upload: Upload, ticked: set[str] | None
) -> list[tuple[str, str, str]]:
    """Return the conflicts of an upload by level, number and field.

    `ticked` narrows them to records named `level:number`; None is all of them.
    """
    found = record_rows(upload=upload).where("outcome = 'conflict'")
    return [
        (row["level"], row["number"], name)
        for row in found.iterator()
        if ticked is None or f"{row['level']}:{row['number']}" in ticked
        for name, (kind, _old, _new) in json.loads(row["changes"]).items()
        if kind == Difference.CONFLICT
    ]


def keyed_lately(*, viewer: Post, since: datetime) -> int:
    """Return how many fields were ticked off since an instant."""
    here = within(viewer.region_id, "household__village_id")
    return Keying.objects.filter(here, done_at__gte=since).count()


def mapping_list(*, viewer: Post) -> QuerySet[Mapping]:
    """Return the mappings the viewer may use: of their region and those around it."""
    around = [viewer.region_id[:n] for n in (2, 4, 6, 9, 12)]
    known = Q(region_id__in=around) | within(viewer.region_id, "region_id")
    return Mapping.unscoped.filter(known).order_by("name", "pk")


def mapping_for(*, viewer: Post, fingerprint: str) -> Mapping | None:
    """Return the mapping of lists with these headers, the nearest one first."""
    found = mapping_list(viewer=viewer).filter(fingerprint=fingerprint)
    return max(found, key=lambda m: len(m.region_id), default=None)


def download_list(*, viewer: Post) -> QuerySet[Download]:
    """Return the viewer's own downloads that have not expired, newest first."""
    own = Download.objects.filter(post=viewer, erased_at__isnull=True)
    return own.order_by("-pk")


def download_get(*, viewer: Post, download_id: int) -> Download:
    """Return one of the viewer's own downloads.

    Raises:
        NotHere: when there is none; somebody else's answers alike.
    """
    found = download_list(viewer=viewer).filter(pk=download_id).first()
    if found is None:
        raise NotHere("there is no such download here")
    return found


def headings_of(*, upload: Upload) -> list[Heading]:
    """Return the columns of a list nobody has mapped yet, with masked samples."""
    return lists.headings_of(upload.error)


def faults_of(*, upload: Upload) -> Any:
    """Return everything found wrong on reading a file, as a table."""
    return outcome_files.faults(upload)
