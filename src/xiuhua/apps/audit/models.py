"""Entries and the heads of their chains. No foreign key at all.

Triggers refuse every change of an entry (migration 0002).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.audit.rules import Head, Record


class Chain(models.Model):
    """The head of the chain of one county; its row is the lock of those who append."""

    code = models.CharField(_("region"), max_length=6, primary_key=True)
    count = models.PositiveBigIntegerField(_("entries"))
    digest = models.CharField(_("digest of the last entry"), max_length=64)

    class Meta:
        verbose_name = _("audit chain")
        verbose_name_plural = _("audit chains")

    def __str__(self) -> str:
        return f"{self.code}: {self.count}"

    @property
    def head(self) -> Head:
        """Return the head as a value."""
        return Head(self.count, self.digest)


class Entry(models.Model):
    """Who did what to which record, as text that needs no other table."""

    chain = models.CharField(_("chain"), max_length=6, blank=True)
    number = models.PositiveBigIntegerField(_("number in the chain"))
    action = models.CharField(_("action"), max_length=100)
    target = models.CharField(_("kind of record"), max_length=100)
    target_id = models.CharField(_("record"), max_length=100)
    target_label = models.CharField(_("name of the record"), max_length=200, blank=True)
    region_code = models.CharField(_("region"), max_length=12, blank=True)
    actor = models.CharField(_("user"), max_length=150)
    post = models.CharField(_("post"), max_length=200, blank=True)
    order_number = models.CharField(_("instruction"), max_length=100, blank=True)
    old = models.JSONField(_("before"), null=True)
    new = models.JSONField(_("after"), null=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    previous = models.CharField(_("digest of the entry before"), max_length=64)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes: ClassVar = [
            models.Index(fields=["target", "target_id"], name="audit_entry_target"),
            models.Index(fields=["recorded_at"], name="audit_entry_recorded"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["chain", "number"], name="audit_entry_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="audit_entry_number_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chain}/{self.number} {self.action} {self.target_label}"

    @property
    def record(self) -> Record:
        """Return what the entry says as a value."""
        return Record(
            chain=self.chain,
            number=self.number,
            action=self.action,
            target=self.target,
            target_id=self.target_id,
            target_label=self.target_label,
            region_code=self.region_code,
            actor=self.actor,
            post=self.post,
            order_number=self.order_number,
            old=self.old,
            new=self.new,
            recorded_at=self.recorded_at,
            previous=self.previous,
            digest=self.digest,
        )
