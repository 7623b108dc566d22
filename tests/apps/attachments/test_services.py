"""Adding, sending, opening, removing; each recorded, none doubled."""

from __future__ import annotations

import io
import os
import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from tests.factories.accounts import make_post
from tests.factories.attachments import (
    HOUSEHOLD,
    PDF,
    PLACE,
    VILLAGE,
    jpeg,
    make_attachment,
    sent,
)
from tests.factories.moments import NOON
from tests.factories.regions import make_region

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.attachments import incoming, selectors, services, storage
from xiuhua.apps.attachments.incoming import Announced
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.attachments.rules import (
    EvidenceRefused,
    KeyTaken,
    ReasonMissing,
    Subject,
)
from xiuhua.apps.audit.models import Entry
from xiuhua.core.dictionary.model import Mask


each = pytest.mark.usefixtures("each_database")


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def clerk() -> Post:
    return make_post("township_clerk", VILLAGE[:9])


@each
def test_a_photo_is_kept_bare_and_recorded_without_its_name():
    by, photo = clerk(), jpeg()

    made = make_attachment(photo, by=by, sent=sent(photo, name="李强家饮水.jpg"))

    content = storage.content_of(made.digest)
    assert PLACE not in content
    assert (made.kind, made.size, made.name) == (
        "jpeg",
        len(content),
        "李强家饮水.jpg",
    )
    entry = Entry.objects.get(action="attachments.attachment.added")
    assert entry.region_code == VILLAGE
    assert entry.new["digest"] == made.digest
    assert "李强" not in f"{entry.new}{entry.target_label}"


@each
def test_the_same_key_again_makes_nothing():
    by, said = clerk(), sent(PDF)

    first = make_attachment(by=by, sent=said)
    again = make_attachment(by=by, sent=said)

    assert again == first
    assert Entry.objects.filter(action="attachments.attachment.added").count() == 1


@each
def test_a_key_used_for_another_file_is_refused():
    by, said = clerk(), sent(PDF)
    make_attachment(by=by, sent=said)

    with pytest.raises(KeyTaken):
        make_attachment(jpeg(), by=by, sent=sent(jpeg(), key=said.key))
    with pytest.raises(KeyTaken):
        other = Subject("registry.household", "18", VILLAGE)
        make_attachment(by=by, sent=said, subject=other)


@each
def test_a_body_that_is_not_its_digest_is_refused():
    with pytest.raises(EvidenceRefused):
        make_attachment(PDF, sent=sent(jpeg()))


@each
def test_limits_come_from_the_settings(settings):
    settings.ATTACHMENTS_PER_SUBJECT = 1
    make_attachment()

    with pytest.raises(EvidenceRefused):
        make_attachment()
    make_attachment(subject=Subject("registry.household", "18", VILLAGE))
    settings.ATTACHMENT_MEGABYTES = 1
    large = PDF + b"\0" * (1 << 20)
    with pytest.raises(EvidenceRefused):
        make_attachment(large, subject=Subject("registry.household", "19", VILLAGE))


@each
def test_only_posts_of_the_place_that_may_add():
    make_region(VILLAGE)
    for role, region in [
        ("county_leader", "990101"),
        ("people_administrator", "990101"),
        ("township_clerk", "990101102"),
        ("helper", "990101101202"),
    ]:
        with pytest.raises(NotPermitted):
            make_attachment(by=make_post(role, region))
    assert list(storage.each_kept()) == []


@each
def test_readers_find_what_lies_in_their_region():
    made = make_attachment()
    seen = {"subject_kind": "registry.household", "subject_id": "17"}

    for role, region, finds in [
        ("helper", VILLAGE, [made]),
        ("county_leader", "990101", [made]),
        ("helper", "990101101202", []),
        ("county_leader", "990102", []),
    ]:
        viewer = make_post(role, region)
        with region_scope([region]):
            assert list(selectors.attachment_list(viewer=viewer, **seen)) == finds
            if not finds:
                with pytest.raises(selectors.AttachmentMissing):
                    selectors.attachment_get(viewer=viewer, key=made.pk)
    bureau = make_post("sector_bureau", "990101", sector="water")
    with region_scope(["990101"]), pytest.raises(NotPermitted):
        selectors.attachment_list(viewer=bureau, **seen)


@each
def test_opening_is_recorded_first():
    made, by = make_attachment(), make_post("helper", VILLAGE)

    assert services.attachment_open(attachment=made, by=by, at=NOON) == PDF

    entry = Entry.objects.get(action="attachments.attachment.opened")
    assert (entry.actor, entry.target_id) == (by.user.username, str(made.pk))


@each
def test_a_secret_file_asks_for_a_right_and_a_reason():
    made = make_attachment(mask=Mask.SECRET)

    with pytest.raises(NotPermitted):
        helper = make_post("helper", VILLAGE)
        services.attachment_open(attachment=made, by=helper, at=NOON, reason="x")
    by = clerk()
    with pytest.raises(ReasonMissing):
        services.attachment_open(attachment=made, by=by, at=NOON)
    opened = {"attachment": made, "by": by, "at": NOON, "reason": "核对残疾证"}
    assert services.attachment_open(**opened) == PDF
    entry = Entry.objects.get(action="attachments.attachment.opened")
    assert entry.new["reason"] == "核对残疾证"


@each
@pytest.mark.parametrize("harm", [os.unlink, lambda p: p.write_bytes(b"%PDF-else")])
def test_a_lost_or_changed_file_is_said_and_verified(harm):
    made = make_attachment()
    call_command("attachments_verify", stdout=io.StringIO())

    harm(storage.path_of(made.digest))

    with pytest.raises(storage.FileLost):
        services.attachment_open(attachment=made, by=clerk(), at=NOON)
    with pytest.raises(CommandError, match=made.digest):
        call_command("attachments_verify")


@each
def test_a_removed_file_is_gone_and_was_there():
    by, made = clerk(), make_attachment()

    with pytest.raises(ReasonMissing):
        services.attachment_remove(attachment=made, by=by, at=NOON, reason="")
    said = {"attachment": made, "by": by, "at": NOON, "reason": "传错户"}
    removed = services.attachment_remove(**said)

    assert removed.removed_post == by.actor.post
    with region_scope(["990101101"]), pytest.raises(selectors.AttachmentMissing):
        selectors.attachment_get(viewer=by, key=made.pk)
    with pytest.raises(selectors.AttachmentMissing):
        services.attachment_remove(**said)
    entry = Entry.objects.get(action="attachments.attachment.removed")
    assert entry.new["reason"] == "传错户"


@each
def test_cleaning_takes_what_no_row_names():
    by, other = clerk(), Subject("registry.household", "18", VILLAGE)
    kept, shared = make_attachment(jpeg()), make_attachment()
    make_attachment(subject=other)
    services.attachment_remove(attachment=shared, by=by, at=NOON, reason="传错户")
    orphan, young = storage.keep(PDF + b"orphan"), storage.keep(PDF + b"young")
    for digest in (kept.digest, shared.digest, orphan):
        os.utime(storage.path_of(digest), (0, 0))

    said = io.StringIO()
    call_command("attachments_clean", stdout=said)

    assert said.getvalue() == "1 files, 0 sendings removed\n"
    left = {kept.digest, shared.digest, young}
    assert set(storage.each_kept()) == left
    assert selectors.every_named_digest() == {kept.digest, shared.digest}


def test_cleaning_spares_a_file_written_anew_meanwhile():
    digest = storage.keep(PDF)
    os.utime(storage.path_of(digest), (0, 0))

    def nobody_yet(digests):
        storage.keep(PDF)
        return set()

    before = NOON - timedelta(hours=1)
    assert storage.unnamed_removed(named=nobody_yet, before=before) == 0
    assert storage.content_of(digest) == PDF


@each
def test_files_follow_their_subject():
    made = make_attachment()
    make_region("990101102201")
    new = Subject("registry.household", "99", "990101102201")
    follow = {"by": clerk(), "at": NOON}

    assert services.subject_follow(old=HOUSEHOLD, new=new, **follow) == 1
    made.refresh_from_db()
    assert made.subject == new
    assert services.subject_follow(old=HOUSEHOLD, new=new, **follow) == 0
    entry = Entry.objects.get(action="attachments.subject.followed")
    assert (entry.new["files"], entry.region_code) == (1, "990101102201")


@each
def test_a_sending_ends_in_one_attachment(django_capture_on_commit_callbacks):
    by, photo = clerk(), jpeg()
    make_region(VILLAGE)
    said = sent(photo)
    about = Announced(said, HOUSEHOLD, "personal")
    owner = {"user_id": by.user_id, "key": said.key}
    incoming.announce(user_id=by.user_id, announced=about, limits=storage.limits())
    incoming.chunk_take(**owner, offset=0, chunk=photo)

    with django_capture_on_commit_callbacks(execute=True):
        made = services.sending_finish(key=said.key, by=by, at=NOON)

    assert services.sending_finish(key=said.key, by=by, at=NOON) == made
    assert Attachment.unscoped.count() == 1
    with pytest.raises(incoming.NothingAnnounced):
        incoming.announced_as(**owner)


def test_the_same_key_at_once_makes_one(committed):
    by, said = clerk(), sent(PDF)
    make_region(VILLAGE)
    made: list[int] = []

    def add() -> None:
        try:
            made.append(make_attachment(by=by, sent=said).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 4
    assert len(set(made)) == 1
    assert Entry.objects.filter(action="attachments.attachment.added").count() == 1


def test_an_act_that_fails_leaves_no_row(committed):
    with pytest.raises(RuntimeError), transaction.atomic():
        make_attachment()
        raise RuntimeError

    assert Attachment.unscoped.count() == 0
    assert len(list(storage.each_kept())) == 1
