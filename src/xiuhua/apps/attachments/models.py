"""Attachments. Their bytes lie in files, see `storage`."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.models import User
from xiuhua.apps.accounts.scope import ScopedManager
from xiuhua.apps.attachments.rules import KINDS, MASKS, Kind, Subject
from xiuhua.apps.regions.models import Region
from xiuhua.core.dictionary.model import Mask


class EvidenceKind(models.TextChoices):
    """What a file proves, said by whoever gives it as evidence."""

    PHOTO = "photo", _("photo of the place or thing")
    PAPER = "paper", _("paper: record, list, certificate")
    FAMILY = "family", _("word of the family, signed")


class AttachmentManager(ScopedManager["Attachment"]):
    """Attachments in the scope."""

    scope_field = "region_id"


class Attachment(models.Model):
    """A file and what it is about; removed ones stay as rows without bytes."""

    subject_kind = models.CharField(_("kind of record"), max_length=100)
    subject_id = models.CharField(_("record"), max_length=100)
    region = models.ForeignKey(
        Region,
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="+",
    )
    name = models.CharField(_("name of the file"), max_length=110)
    kind = models.CharField(
        _("kind of file"), max_length=10, choices=[(k, k) for k in KINDS]
    )
    mask = models.CharField(
        _("guarded as"), max_length=10, choices=[(m.value, m.value) for m in MASKS]
    )
    size = models.PositiveBigIntegerField(_("bytes"))
    digest = models.CharField(_("SHA-256 of the file"), max_length=64)
    # Of the body as it was sent; photos are kept without their metadata.
    sent_digest = models.CharField(_("SHA-256 as sent"), max_length=64)
    key = models.CharField(_("key of the sending"), max_length=64)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_post = models.CharField(_("post"), max_length=200)
    added_at = models.DateTimeField(_("added at"))
    removed_at = models.DateTimeField(_("removed at"), null=True)
    removed_post = models.CharField(_("removed by"), max_length=200, blank=True)

    objects = AttachmentManager()
    # For files: one file may belong to rows of several regions.
    unscoped = models.Manager["Attachment"]()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        indexes: ClassVar = [
            models.Index(
                fields=["subject_kind", "subject_id"], name="attachments_subject"
            ),
            models.Index(fields=["digest"], name="attachments_digest"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["added_by", "key"], name="attachments_sent_once"
            ),
            models.CheckConstraint(
                condition=Q(size__gte=1), name="attachments_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(KINDS)), name="attachments_kind_taken"
            ),
            models.CheckConstraint(
                condition=Q(mask__in=sorted(m.value for m in MASKS)),
                name="attachments_guarded",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_post="")
                | (Q(removed_at__isnull=False) & ~Q(removed_post="")),
                name="attachments_removed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}: {self.digest[:12]}"

    @property
    def subject(self) -> Subject:
        """Return what the file is about."""
        return Subject(self.subject_kind, self.subject_id, self.region_id)

    @property
    def what(self) -> Kind:
        """Return what the file is."""
        return KINDS[self.kind]

    @property
    def is_secret(self) -> bool:
        """Test whether opening it asks for a reason."""
        return Mask(self.mask) is Mask.SECRET
