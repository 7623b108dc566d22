"""Orders of many cards at once. The cards themselves lie in files, see `files`."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import ScopedManager
from xiuhua.apps.regions.models import Region


class PrintingManager(ScopedManager["Printing"]):
    """Orders of cards of regions in the scope."""

    scope_field = "region_id"


class PrintingState(models.TextChoices):
    """How far an order has come."""

    WAITING = "WAITING", _("waiting")
    RUNNING = "RUNNING", _("being made")
    DONE = "DONE", _("ready")
    FAILED = "FAILED", _("failed")


class Printing(models.Model):
    """An order of the cards of a region's households, made step by step.

    `last_key` is the last household whose card is in a file: a step that was broken off
    is done again from there.
    """

    region = models.ForeignKey(
        Region,
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="+",
    )
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(_("language"), max_length=2)
    address = models.CharField(_("address on the cards"), max_length=300)
    state = models.CharField(
        _("state"), max_length=10, choices=PrintingState.choices, default="WAITING"
    )
    total = models.PositiveIntegerField(_("cards asked for"))
    done = models.PositiveIntegerField(_("cards made"), default=0)
    last_key = models.PositiveBigIntegerField(default=0)
    parts = models.PositiveSmallIntegerField(_("files"), default=0)
    ordered_at = models.DateTimeField(_("ordered at"))

    objects = PrintingManager()
    # For the workers, who open the scope of the order's own post.
    unscoped = models.Manager["Printing"]()

    class Meta:
        verbose_name = _("order of cards")
        verbose_name_plural = _("orders of cards")
        indexes: ClassVar = [
            models.Index(fields=["post", "ordered_at"], name="documents_printing_post")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(total__gte=1), name="documents_printing_of_something"
            ),
            models.CheckConstraint(
                condition=Q(state__in=PrintingState.values),
                name="documents_printing_state_exists",
            ),
            models.CheckConstraint(
                condition=~Q(state="DONE") | Q(parts__gte=1, done__lte=F("total")),
                name="documents_printing_done_has_files",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id}: {self.done}/{self.total}"
