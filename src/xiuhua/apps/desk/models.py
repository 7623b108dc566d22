"""Named views of lists and forms that were sent."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.desk.rules import NAME_LENGTH, QUERY_LENGTH


class SavedView(models.Model):
    """A list as a user wants to find it again: its page, filters and order."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    page = models.CharField(_("page"), max_length=60)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    query = models.CharField(_("parameters"), max_length=QUERY_LENGTH, blank=True)
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "page", "name"], name="desk_view_named_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="desk_view_named"),
        ]

    def __str__(self) -> str:
        return self.name


class SentForm(models.Model):
    """A form that has acted: its key, which cannot act again, and where it led."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sent_forms"
    )
    key = models.CharField(_("key"), max_length=43)
    outcome = models.CharField(_("outcome"), max_length=500, blank=True)
    sent_at = models.DateTimeField(_("sent at"), db_index=True)

    class Meta:
        verbose_name = _("sent form")
        verbose_name_plural = _("sent forms")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="desk_form_sent_once")
        ]

    def __str__(self) -> str:
        return self.key
