"""What the workers do for this app, and what puts it in their queue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.exchange import expiry, working
from xiuhua.apps.exchange.making import files
from xiuhua.apps.exchange.models import Download, Upload
from xiuhua.apps.exchange.models import Mapping as ListMapping
from xiuhua.apps.exchange.rules import Origin, State
from xiuhua.apps.exchange.services import downloads, uploads
from xiuhua.apps.exchange.staging import store
from xiuhua.apps.exchange.staging.incoming import file_keep


@task()
def upload_read(upload_id: int) -> str:
    """Read and compare an upload."""
    return working.upload_read(upload_id=upload_id, clock=timezone.now)


@task()
def upload_lay(upload_id: int) -> str:
    """Promote an upload that was ordered."""
    return working.upload_lay(upload_id=upload_id, clock=timezone.now)


@task()
def download_make(download_id: int) -> str:
    """Make the file of a download."""
    return files.download_make(download_id=download_id, clock=timezone.now)


def download_ask(
    *,
    kind: str,
    region: str,
    asked: Mapping[str, Any],
    by: Post,
    at: datetime,
    reason: str = "",
) -> Download:
    """Ask for a file and queue its making.

    Raises:
        NotPermitted, ReasonMissing: as `download_request`.
    """
    with transaction.atomic():
        download = downloads.download_request(
            kind=kind, region=region, asked=asked, by=by, at=at, reason=reason
        )
        download_make.enqueue(download.pk)
    return download


def upload_send(
    *,
    source: IO[bytes],
    name: str,
    size: int,
    origin: Origin,
    made_at: datetime,
    clears: bool,
    by: Post,
    at: datetime,
    mapping: ListMapping | None = None,
) -> Upload:
    """Take a file in and queue its reading.

    Raises:
        FileRefused: when the file is not taken.
        NotPermitted: when the post may not import.
    """
    kept = file_keep(source=source, name=name, size=size)
    try:
        with transaction.atomic():
            upload = uploads.upload_register(
                file=kept,
                origin=origin,
                made_at=made_at,
                clears=clears,
                mapping=mapping,
                by=by,
                at=at,
            )
            upload_read.enqueue(upload.pk)
    except BaseException:
        store.erase(store.UPLOADS, kept.key)
        raise
    return upload


def promotion_order(*, upload_id: int, version: int, by: Post, at: datetime) -> Upload:
    """Order that an upload be promoted and queue it.

    Raises:
        UploadMissing, StepImpossible, UploadStale, NotPermitted: as `upload_order`.
    """
    with transaction.atomic():
        upload = uploads.upload_order(
            upload_id=upload_id, version=version, by=by, at=at
        )
        upload_lay.enqueue(upload.pk)
    return upload


def reading_again(*, upload_id: int, version: int, by: Post, at: datetime) -> Upload:
    """Order that an upload be read and compared once more and queue it.

    Raises:
        UploadMissing, StepImpossible, UploadStale, NotPermitted: as `upload_reread`.
    """
    with transaction.atomic():
        upload = uploads.upload_reread(
            upload_id=upload_id, version=version, by=by, at=at
        )
        upload_read.enqueue(upload.pk)
    return upload


def exchange_swept(*, at: datetime) -> tuple[str, dict[str, int]]:
    """Erase what has expired and queue again what no worker took up."""
    gone, nameless = expiry.swept(at=at)
    stalled = list(expiry.stalled_list(at=at))
    for upload in stalled:
        step = upload_lay if upload.state == State.PROMOTING else upload_read
        step.enqueue(upload.pk)
    figures = {"downloads": gone, "folders": nameless, "uploads": len(stalled)}
    return (
        "{downloads} downloads expired, {folders} folders without a row,"
        " {uploads} uploads queued again",
        figures,
    )
