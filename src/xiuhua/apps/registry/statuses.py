"""The statuses of households and persons, and the columns of the three axes."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Registration(models.TextChoices):
    """Whether the household stands on the register."""

    NONE = "none", _("not registered")
    REGISTERED = "registered", _("registered")
    REMOVED = "removed", _("removed as wrongly listed")
    ENDED = "ended", _("household ended")


class Poverty(models.TextChoices):
    """The exit status of the dictionary; null is unknown or never poor."""

    NOT_EXITED = "not_exited", _("not exited")
    EXITED = "exited", _("exited")
    PRE_EXIT = "pre_exit", _("proposed for exit")
    RELAPSED = "relapsed", _("back in poverty")


class Monitoring(models.TextChoices):
    """Whether the household is watched so that it does not fall into poverty."""

    NONE = "none", _("not monitored")
    LEAD = "lead", _("lead under examination")
    INCLUDED = "included", _("monitored")
    WITHHELD = "withheld", _("monitored, clearance withheld")
    CLEARED = "cleared", _("risk cleared")
    INCLUDED_AGAIN = "included_again", _("monitored again")


class HouseholdEnd(models.TextChoices):
    """Why a household is no more."""

    DIED_OUT = "died_out", _("no member lives")
    MERGED = "merged", _("merged into another household")
    LEFT = "left", _("moved away altogether")
    UNDONE = "undone", _("entered by an import that was undone")


class PersonEnd(models.TextChoices):
    """Why a person is no longer a member."""

    DIED = "died", _("died")
    LEFT = "left", _("left the household")
    UNDONE = "undone", _("entered by an import that was undone")


class MarkKind(models.TextChoices):
    """What happened to a household in a year."""

    IDENTIFIED = "identified", _("identified")
    PRE_EXIT = "pre_exit", _("proposed for exit")
    EXITED = "exited", _("exited")
    RETURNED = "returned", _("back in poverty")
    REMOVED = "removed", _("removed as wrongly listed")
    MONITORED = "monitored", _("monitored")
    CLEARED = "cleared", _("risk cleared")


class Status(models.Model):
    """The three axes of status, and how many persons they concern."""

    registration = models.CharField(
        _("registration"), max_length=20, choices=Registration.choices
    )
    poverty = models.CharField(  # noqa: DJ001  unknown is null, as everywhere here
        _("exit status"), max_length=20, choices=Poverty.choices, null=True, blank=True
    )
    policies_kept = models.BooleanField(_("policies kept"), null=True, blank=True)
    monitoring = models.CharField(
        _("monitoring"), max_length=20, choices=Monitoring.choices
    )
    persons_count = models.PositiveSmallIntegerField(_("persons"), default=0)

    class Meta:
        abstract = True


def listed(name: str) -> list[models.CheckConstraint]:
    """Return the constraints that the axes hold a status of theirs."""
    return [
        models.CheckConstraint(
            condition=Q(registration__in=Registration.values),
            name=f"registry_{name}_registration_listed",
        ),
        models.CheckConstraint(
            condition=Q(poverty__isnull=True) | Q(poverty__in=Poverty.values),
            name=f"registry_{name}_poverty_listed",
        ),
        models.CheckConstraint(
            condition=Q(monitoring__in=Monitoring.values),
            name=f"registry_{name}_monitoring_listed",
        ),
    ]


# Poor by the record: a proposal to exit is no exit yet.
STILL_POOR: Final = ("not_exited", "pre_exit", "relapsed")
