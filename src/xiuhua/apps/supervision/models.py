"""Drives, their regions, shocks, events, and what they count day by day.

Triggers refuse every change of an event (migration 0002).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.scope import ScopedManager
from xiuhua.apps.audit.chained import ChainedEvent, ChainHead
from xiuhua.apps.regions.models import Region
from xiuhua.apps.supervision.rules import Said


class DriveKind(models.TextChoices):
    """What sort of drive it is."""

    LISTED = "listed", _("listed supervision (挂牌督战)")
    SPRINT = "sprint", _("sprint of a hundred days (百日冲刺)")
    CLEARING = "clearing", _("clearing to nothing (清零)")


class DriveManager(ScopedManager["Drive"]):
    """Drives set for regions in the scope."""

    scope_field = "region_id"


class Drive(ChainHead):
    """A campaign against problems: where, which, from when until when."""

    once = models.CharField(_("key of the form"), max_length=64, unique=True)
    region = models.ForeignKey(
        Region,
        verbose_name=_("set by"),
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="drives_set",
    )
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=DriveKind.choices)
    # Codes; empty means all.
    sources = models.JSONField(_("sources"), default=list)
    classes = models.JSONField(_("classes"), default=list)
    # `pack.indicator`: their shortfalls are shown beside the problems.
    indicators = models.JSONField(_("indicators"), default=list)
    starts_on = models.DateField(_("begins on"))
    ends_on = models.DateField(_("ends on"))
    reserve_days = models.PositiveSmallIntegerField(_("reserve in days"))
    document = models.CharField(_("document"), max_length=200)
    set_at = models.DateTimeField(_("set at"))

    objects = DriveManager()
    # A drive set above binds those below, who cannot see the region that set it.
    unscoped = models.Manager["Drive"]()

    class Meta:
        verbose_name = _("drive")
        verbose_name_plural = _("drives")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="supervision_drive_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(document=""),
                name="supervision_drive_on_a_document",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=DriveKind.values),
                name="supervision_drive_kind_listed",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def chain_label(self) -> str:
        """Return the key of the form the drive was set by: it never changes."""
        return self.once

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of the drive's regions."""
        rows = DriveRegion.unscoped.filter(drive=self).order_by("region_id")
        return tuple(rows.values_list("region_id", flat=True))

    @property
    def said(self) -> Said:
        """Return the drive as the rules see it."""
        return Said(
            name=self.name,
            kind=self.kind,
            regions=self.codes,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            reserve_days=self.reserve_days,
            document=self.document,
            sources=tuple(self.sources),
            classes=tuple(self.classes),
            indicators=tuple(self.indicators),
        )


class DriveRegionManager(ScopedManager["DriveRegion"]):
    """Regions of drives in the scope."""

    scope_field = "region_id"


class DriveRegion(models.Model):
    """A region a drive is about."""

    drive = models.ForeignKey(Drive, on_delete=models.CASCADE, related_name="regions")
    region = models.ForeignKey(
        Region,
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="drives",
    )

    objects = DriveRegionManager()
    # Those below one of them cannot see it, and are bound by it.
    unscoped = models.Manager["DriveRegion"]()

    class Meta:
        verbose_name = _("region of a drive")
        verbose_name_plural = _("regions of drives")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["drive", "region"], name="supervision_region_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.drive_id}: {self.region_id}"


class Shock(models.Model):
    """Something that held the work of a drive up: days that count for nobody."""

    drive = models.ForeignKey(Drive, on_delete=models.CASCADE, related_name="shocks")
    once = models.CharField(_("key of the form"), max_length=64, unique=True)
    name = models.CharField(_("what held the work up"), max_length=100)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))

    class Meta:
        verbose_name = _("shock")
        verbose_name_plural = _("shocks")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")) & ~Q(name=""),
                name="supervision_shock_has_an_end",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DriveTallyManager(ScopedManager["DriveTally"]):
    """Figures of regions in the scope."""

    scope_field = "region_code"


class DriveTally(models.Model):
    """What a drive counted in a region at the end of a day on which it changed.

    Written by the step of the problem itself, so that a page is one look at most a row
    a day, however many problems there are. The day before the start is the ground.
    """

    drive = models.ForeignKey(Drive, on_delete=models.CASCADE, related_name="tallies")
    region_code = models.CharField(_("region"), max_length=12)
    day = models.DateField(_("day"))
    registered = models.PositiveIntegerField(_("problems"))
    struck_off = models.PositiveIntegerField(_("problems struck off"))
    open = models.PositiveIntegerField(_("still open"))

    objects = DriveTallyManager()
    # A problem of a village counts in its county, which may lie around the scope.
    unscoped = models.Manager["DriveTally"]()

    class Meta:
        verbose_name = _("tally of a drive")
        verbose_name_plural = _("tallies of drives")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["drive", "region_code", "day"], name="supervision_tally_once"
            ),
            models.CheckConstraint(
                condition=Q(registered__gte=F("struck_off") + F("open")),
                name="supervision_tally_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drive_id} {self.region_code} {self.day}"


class DriveEvent(ChainedEvent):
    """One thing that happened to a drive; events of a drive form a chain."""

    drive = models.ForeignKey(Drive, on_delete=models.PROTECT, related_name="events")

    class Meta:
        verbose_name = _("event of a drive")
        verbose_name_plural = _("events of drives")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["drive", "number"], name="supervision_event_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.drive_id}/{self.number} {self.act}"

    @property
    def record(self) -> ChainHead:
        """Return the drive."""
        return self.drive
