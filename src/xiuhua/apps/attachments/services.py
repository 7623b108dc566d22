"""Change attachments: one act, one transaction, one entry in the audit.

The audit names a file by the digest of its content, never by its name: names of files
say whom they are about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from xiuhua.apps.accounts.models import Post, User
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.attachments import followers, incoming, storage
from xiuhua.apps.attachments.images import bare_picture
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.attachments.rules import (
    IMAGES,
    EvidenceRefused,
    KeyTaken,
    Sent,
    Subject,
    check_count,
    check_reason,
    check_sent,
    check_size,
    check_subject,
    kind_of,
    shown_name,
)
from xiuhua.apps.attachments.selectors import AttachmentMissing
from xiuhua.apps.audit import services as audit
from xiuhua.core.dictionary.model import Mask


_TARGET: Final = "attachments.attachment"


@transaction.atomic
def attachment_add(
    *,
    content: bytes,
    sent: Sent,
    subject: Subject,
    mask: Mask,
    by: Post,
    at: datetime,
) -> Attachment:
    """Keep a file as evidence of a subject.

    The same key again returns the attachment it made, so a sender that heard no answer
    sends once more. Photos are kept without place, time and device.

    Raises:
        NotPermitted: when the post may not add evidence there.
        EvidenceRefused: when kind, size, number or content forbid it.
        KeyTaken: when the key was used for another file or subject.
    """
    check_subject(subject)
    check_sent(sent)
    check_permitted(by.state, Permission.EVIDENCE_ADD, region=subject.region)
    # The user's row is the lock: the same key sent twice at once must see itself.
    User.objects.select_for_update().get(pk=by.user_id)
    made = Attachment.unscoped.filter(added_by_id=by.user_id, key=sent.key).first()
    if made is not None:
        return _same(made, sent, subject)
    check_size(len(content), storage.limits())
    if hashlib.sha256(content).hexdigest() != sent.digest:
        raise EvidenceRefused("the file is not what its digest says")
    kind = kind_of(content)
    kept = bare_picture(content, kind) if kind in IMAGES else content
    check_count(_live(subject).count(), storage.limits())
    attachment = Attachment.unscoped.create(
        subject_kind=subject.kind,
        subject_id=subject.id,
        region_id=subject.region,
        name=shown_name(sent.name, kind),
        kind=kind.code,
        mask=mask.value,
        size=len(kept),
        digest=storage.keep(kept),
        sent_digest=sent.digest,
        key=sent.key,
        added_by_id=by.user_id,
        added_post=by.actor.post,
        added_at=at,
    )
    said = {"kind": kind.code, "mask": mask.value, "size": len(kept)}
    _record(attachment, "added", by=by, at=at, new=said)
    return attachment


@transaction.atomic
def sending_finish(*, key: str, by: Post, at: datetime) -> Attachment:
    """Make an attachment of a sending whose body is whole.

    Raises:
        NothingAnnounced: when no sending has the key and none ever had.
        OutOfStep: when bytes are missing.
        BodyDamaged: when what arrived is not what was announced.
        EvidenceRefused, NotPermitted: as `attachment_add`.
    """
    made = Attachment.unscoped.filter(added_by_id=by.user_id, key=key).first()
    if made is not None:
        return made
    announced = incoming.announced_as(user_id=by.user_id, key=key)
    attachment = attachment_add(
        content=incoming.body_of(user_id=by.user_id, key=key),
        sent=announced.sent,
        subject=announced.subject,
        mask=Mask(announced.mask),
        by=by,
        at=at,
    )
    user_id = by.user_id
    transaction.on_commit(lambda: incoming.forget(user_id=user_id, key=key))
    return attachment


@transaction.atomic
def attachment_open(
    *, attachment: Attachment, by: Post, at: datetime, reason: str = ""
) -> bytes:
    """Return a file's bytes; who opened it is recorded first.

    Raises:
        NotPermitted: when the post may not see evidence there, or not a secret one.
        ReasonMissing: when the file is secret and no reason is given.
        FileLost: when the file is missing or was changed.
    """
    check_permitted(by.state, Permission.EVIDENCE_VIEW, region=attachment.region_id)
    said: dict[str, Any] = {}
    if attachment.is_secret:
        check_permitted(by.state, Permission.SECRET_REVEAL, region=by.region_id)
        said = {"reason": check_reason(reason)}
    content = storage.content_of(attachment.digest)
    _record(attachment, "opened", by=by, at=at, new=said)
    return content


@transaction.atomic
def attachment_remove(
    *, attachment: Attachment, by: Post, at: datetime, reason: str
) -> Attachment:
    """Remove a file that should not be there; the row says that it was.

    A file that proves what was checked off or struck off stays: a follower refuses.

    Raises:
        NotPermitted: when the post may not add evidence there.
        AttachmentMissing: when it was removed already.
        ReasonMissing: when no reason is given.
    """
    check_permitted(by.state, Permission.EVIDENCE_ADD, region=attachment.region_id)
    reason = check_reason(reason)
    # Before the file's own row: whoever gives evidence locks in the same order.
    followers.tell(attachment=attachment, by=by, at=at)
    locked = Attachment.unscoped.select_for_update().get(pk=attachment.pk)
    if locked.removed_at is not None:
        raise AttachmentMissing("there is no such file")
    locked.removed_at, locked.removed_post = at, by.actor.post
    locked.save(update_fields=["removed_at", "removed_post"])
    _record(locked, "removed", by=by, at=at, new={"reason": reason})
    return locked


@transaction.atomic
def subject_follow(*, old: Subject, new: Subject, by: Post, at: datetime) -> int:
    """Let the files of a subject follow it: into another region, another record.

    Called by the service that moves or merges the subject, in its transaction, with the
    permission that service asked for. Return how many files followed.
    """
    check_subject(new)
    moved = Attachment.unscoped.filter(subject_kind=old.kind, subject_id=old.id)
    count = moved.update(subject_kind=new.kind, subject_id=new.id, region_id=new.region)
    if count:
        audit.entry_append(
            action="attachments.subject.followed",
            target=new.kind,
            target_id=new.id,
            target_label="",
            region_code=new.region,
            by=by.actor,
            at=at,
            old={"kind": old.kind, "id": old.id, "region": old.region},
            new={"kind": new.kind, "id": new.id, "region": new.region, "files": count},
        )
    return count


def _live(subject: Subject) -> Any:
    return Attachment.unscoped.filter(
        subject_kind=subject.kind, subject_id=subject.id, removed_at=None
    )


def _same(made: Attachment, sent: Sent, subject: Subject) -> Attachment:
    if (made.sent_digest, made.subject) != (sent.digest, subject):
        raise KeyTaken("the key of the sending was used for another file")
    return made


def _record(
    attachment: Attachment,
    done: str,
    *,
    by: Post,
    at: datetime,
    new: Mapping[str, Any],
) -> None:
    about = f"{attachment.subject_kind}:{attachment.subject_id}"
    audit.entry_append(
        action=f"attachments.attachment.{done}",
        target=_TARGET,
        target_id=str(attachment.pk),
        target_label=attachment.digest[:12],
        region_code=attachment.region_id,
        by=by.actor,
        at=at,
        new={"subject": about, "digest": attachment.digest, **new},
    )
