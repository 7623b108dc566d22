"""Sheets sent in, their rows, and the heads of other offices' lists."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import ScopedManager
from xiuhua.apps.regions.models import Region
from xiuhua.apps.sheets.rules import Outcome, State, Step
from xiuhua.sealing.fields import SealedTextField


STATES = {
    State.RECEIVED: _("arrived, not read yet"),
    State.UNMAPPED: _("its columns are to be named"),
    State.SEEN: _("compared, nothing changed yet"),
    State.APPLIED: _("taken over, in force"),
    State.UNDONE: _("taken back"),
    State.DISCARDED: _("set aside"),
}


class SheetManager(ScopedManager["Sheet"]):
    """Sheets sent in for a region in the scope."""

    scope_field = "region_id"


class Sheet(models.Model):
    """A list sent in: compared, taken over in one step, taken back.

    The file lies sealed in the data folder under `key`, until its rows are erased.
    """

    kind = models.CharField(_("kind of list"), max_length=30)
    region = models.ForeignKey(
        Region,
        verbose_name=_("region"),
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="sheets",
        db_index=False,
    )
    # Who sent it; empty for those of before the table was moved here.
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="sheets", null=True, blank=True
    )
    once = models.CharField(_("key of the form"), max_length=64, unique=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    source = models.CharField(_("file"), max_length=200)
    digest = models.CharField(_("SHA-256 of the file"), max_length=64)
    key = models.CharField(_("name of the kept file"), max_length=32, blank=True)
    # What empty cells of some columns say, by column.
    usual = models.JSONField(_("said for the whole sheet"), default=dict)
    # Of each sheet that was read: its title, its heads, where our columns stand.
    layouts = models.JSONField(_("columns"), default=list)
    counts = models.JSONField(_("rows by outcome"), default=dict)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(s.value, words) for s, words in STATES.items()],
    )
    sent_by = models.CharField(_("sent by"), max_length=150)
    sent_at = models.DateTimeField(_("sent at"))
    settled_by = models.CharField(_("settled by"), max_length=150, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    erased_at = models.DateTimeField(
        _("file and rows erased at"), null=True, blank=True
    )
    # What a worker was ordered to do, by whom, how far it is, its last sign of life,
    # how often it was begun, and what stopped it.
    doing = models.CharField(
        _("being done"),
        max_length=10,
        blank=True,
        choices=[(s.value, s.value) for s in Step],
    )
    ordered_by = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)
    stirred_at = models.DateTimeField(_("last stirred at"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.JSONField(_("what stopped it"), null=True, blank=True)

    objects = SheetManager()
    # For what erases them after their time, whatever the region.
    unscoped = models.Manager["Sheet"]()

    class Meta:
        verbose_name = _("sheet sent in")
        verbose_name_plural = _("sheets sent in")
        indexes: ClassVar = [
            models.Index(fields=["region", "kind", "-id"], name="sheets_sheet_region")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in State]),
                name="sheets_sheet_state_listed",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        State.RECEIVED.value,
                        State.UNMAPPED.value,
                        State.SEEN.value,
                    ]
                )
                | Q(settled_at__isnull=False),
                name="sheets_sheet_settled_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(doing="")
                | Q(
                    doing__in=[s.value for s in Step],
                    ordered_by__isnull=False,
                    stirred_at__isnull=False,
                ),
                name="sheets_sheet_work_ordered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.kind} {self.source}"


class SheetRowManager(ScopedManager["SheetRow"]):
    """Rows of sheets in the scope."""

    scope_field = "sheet__region_id"


class SheetRow(models.Model):
    """A row of a sheet: what became of it; its cells are sealed, and erased in time."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField(_("place"))
    title = models.CharField(_("sheet"), max_length=200, blank=True)
    number = models.PositiveIntegerField(_("row"))
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=[(o.value, o.value) for o in Outcome]
    )
    content = SealedTextField(_("cells and what is found about them"))
    # The key of what the row made or changed when the sheet was taken over.
    made = models.BigIntegerField(_("made"), null=True, blank=True)

    objects = SheetRowManager()
    unscoped = models.Manager["SheetRow"]()

    class Meta:
        verbose_name = _("row of a sheet")
        verbose_name_plural = _("rows of sheets")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sheet", "place"], name="sheets_row_place_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=[o.value for o in Outcome]),
                name="sheets_row_outcome_listed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.place}"


class HeadMappingManager(ScopedManager["HeadMapping"]):
    """Mappings of regions in the scope."""

    scope_field = "region_id"


class HeadMapping(models.Model):
    """Which of our columns the heads of another office's list are."""

    region = models.ForeignKey(
        Region,
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="head_mappings",
    )
    kind = models.CharField(_("kind of list"), max_length=30)
    fingerprint = models.CharField(_("fingerprint of the heads"), max_length=64)
    columns = models.JSONField(_("head to column"))
    saved_by = models.CharField(_("saved by"), max_length=150)
    saved_at = models.DateTimeField(_("saved at"))

    objects = HeadMappingManager()

    class Meta:
        verbose_name = _("mapping of heads")
        verbose_name_plural = _("mappings of heads")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "kind", "fingerprint"], name="sheets_mapping_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.fingerprint[:8]}"
