"""Uploads, choices about conflicts, mappings, what is still to be keyed, downloads.

The rows themselves lie sealed in the data folder (see `staging.store`): here stands
what they come to.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import ScopedManager
from xiuhua.apps.exchange.rules import Choice, Origin, State
from xiuhua.apps.regions.models import Region
from xiuhua.apps.registry.models import Household, Person
from xiuhua.sealing.fields import SealedTextField


def _choices(kind: type) -> list[tuple[str, str]]:
    return [(item.value, item.value) for item in kind]  # type: ignore[attr-defined]


class UploadManager(ScopedManager["Upload"]):
    """Uploads for regions in the scope."""

    scope_field = "region_id"


class Upload(models.Model):
    """A file sent in, and what came of it up to its receipt."""

    key = models.CharField(_("folder"), max_length=32, unique=True)
    region = models.ForeignKey(
        Region,
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="uploads",
    )
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="uploads")
    state = models.CharField(_("state"), max_length=10, choices=_choices(State))
    origin = models.CharField(_("origin"), max_length=10, choices=_choices(Origin))
    file_name = models.CharField(_("file"), max_length=200)
    file_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    file_size = models.PositiveBigIntegerField(_("bytes"))
    mapping = models.ForeignKey(
        "Mapping",
        on_delete=models.PROTECT,
        related_name="uploads",
        null=True,
        blank=True,
    )
    # Edits recorded here after this instant are newer than the file.
    basis_at = models.DateTimeField(_("made at"))
    clears = models.BooleanField(_("empty cells erase"), default=False)
    received_at = models.DateTimeField(_("received at"))
    # Which staged outcome in the folder counts; empty before the first.
    staged = models.CharField(_("staged outcome"), max_length=40, blank=True)
    progress = models.PositiveSmallIntegerField(_("percent done"), default=0)
    step = models.CharField(_("step"), max_length=20, blank=True)
    counts = models.JSONField(_("rows by outcome"), default=dict)
    error = models.JSONField(_("error"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    ordered_by = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="promotions", null=True, blank=True
    )
    promoted_at = models.DateTimeField(_("promoted at"), null=True, blank=True)
    batch = models.PositiveBigIntegerField(_("batch"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="undoings", null=True, blank=True
    )
    erased_at = models.DateTimeField(_("files erased at"), null=True, blank=True)

    objects = UploadManager()
    # For workers, which act for the post that sent the file.
    unscoped = models.Manager["Upload"]()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        indexes: ClassVar = [
            models.Index(fields=["region", "-id"], name="exchange_upload_region"),
            models.Index(fields=["file_sha256"], name="exchange_upload_hash"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(promoted_at__isnull=True) | Q(ordered_by__isnull=False),
                name="exchange_upload_promoted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(
                    undone_at__isnull=False,
                    undone_by__isnull=False,
                    promoted_at__isnull=False,
                ),
                name="exchange_upload_undone_after_promoted",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in State]),
                name="exchange_upload_state_listed",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=[o.value for o in Origin]),
                name="exchange_upload_origin_listed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.file_name}"


class ConflictChoice(models.Model):
    """Which value of a conflict in an upload stays; none chosen is ours."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="choices")
    level = models.CharField(_("level"), max_length=10)
    number = models.CharField(_("number"), max_length=64)
    field = models.CharField(_("field"), max_length=50)
    choice = models.CharField(_("choice"), max_length=4, choices=_choices(Choice))

    class Meta:
        verbose_name = _("choice about a conflict")
        verbose_name_plural = _("choices about conflicts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["upload", "level", "number", "field"],
                name="exchange_choice_once",
            ),
            models.CheckConstraint(
                condition=Q(choice__in=[c.value for c in Choice]),
                name="exchange_choice_listed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.number} {self.field}: {self.choice}"


class MappingManager(ScopedManager["Mapping"]):
    """Mappings of regions in the scope."""

    scope_field = "region_id"


class Mapping(models.Model):
    """Which of our fields the columns of a foreign list are, known by its headers."""

    region = models.ForeignKey(
        Region,
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="mappings",
    )
    fingerprint = models.CharField(_("fingerprint of the headers"), max_length=64)
    name = models.CharField(_("name"), max_length=100)
    columns = models.JSONField(_("header to field"))
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="mappings")
    saved_at = models.DateTimeField(_("saved at"))

    objects = MappingManager()
    unscoped = models.Manager["Mapping"]()

    class Meta:
        verbose_name = _("mapping of a list")
        verbose_name_plural = _("mappings of lists")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "fingerprint"], name="exchange_mapping_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class KeyingManager(ScopedManager["Keying"]):
    """What is to be keyed of households in the scope."""

    scope_field = "household__village_id"


class Keying(models.Model):
    """A field changed here that the national system does not hold yet."""

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="keyings"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="keyings", null=True, blank=True
    )
    level = models.CharField(_("level"), max_length=10)
    field = models.CharField(_("field"), max_length=50)
    # Place among the screens of the national system.
    position = models.PositiveSmallIntegerField(_("position"))
    # As JSON: what the national system is believed to hold; null is not known.
    before = SealedTextField(_("value before"))
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.CharField(_("changed by"), max_length=150)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.CharField(_("done by"), max_length=150, blank=True)
    upload = models.ForeignKey(
        Upload, on_delete=models.PROTECT, related_name="keyings", null=True, blank=True
    )

    objects = KeyingManager()
    unscoped = models.Manager["Keying"]()

    class Meta:
        verbose_name = _("field to be keyed")
        verbose_name_plural = _("fields to be keyed")
        indexes: ClassVar = [
            models.Index(fields=["done_at", "household"], name="exchange_keying_open")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "field"],
                condition=Q(done_at__isnull=True, person__isnull=True),
                name="exchange_keying_household_once",
            ),
            models.UniqueConstraint(
                fields=["person", "field"],
                condition=Q(done_at__isnull=True, person__isnull=False),
                name="exchange_keying_person_once",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by="", upload__isnull=True)
                | Q(done_at__isnull=False) & ~Q(done_by=""),
                name="exchange_keying_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.level}.{self.field}"


class DownloadManager(ScopedManager["Download"]):
    """Downloads of regions in the scope."""

    scope_field = "region_id"


class Download(models.Model):
    """A file made on request, for the one who asked, for a short time."""

    key = models.CharField(_("file"), max_length=32, unique=True)
    region = models.ForeignKey(
        Region,
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="downloads",
    )
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="downloads")
    kind = models.CharField(_("kind"), max_length=20)
    asked = models.JSONField(_("what was asked for"))
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    requested_at = models.DateTimeField(_("requested at"))
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    fetched_at = models.DateTimeField(_("fetched at"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    progress = models.PositiveSmallIntegerField(_("percent done"), default=0)
    error = models.JSONField(_("error"), null=True, blank=True)

    objects = DownloadManager()
    unscoped = models.Manager["Download"]()

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ready_at__isnull=True, expires_at__isnull=True)
                | Q(ready_at__isnull=False, expires_at__isnull=False),
                name="exchange_download_ready_expires",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.kind} {self.region_id}"
