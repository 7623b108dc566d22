"""Ranks, posts in a team, kinds and states, as the tables keep them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.assistance.rules import RosterState, VisitState


class Rank(models.TextChoices):
    """Ranks that caps speak of; empty is not known."""

    DIVISION_HEAD = "division_head", _("division head (正处)")
    DIVISION_DEPUTY = "division_deputy", _("deputy division head (副处)")
    SECTION_HEAD = "section_head", _("section head (正科)")
    SECTION_DEPUTY = "section_deputy", _("deputy section head (副科)")
    STAFF = "staff", _("staff (一般干部)")


class TeamPost(models.TextChoices):
    """What somebody is in a work team."""

    FIRST_SECRETARY = "first_secretary", _("first secretary")
    LEADER = "leader", _("team leader")
    MEMBER = "member", _("team member")


class GroupPost(models.TextChoices):
    """What somebody is in a sector group."""

    LEADER = "leader", _("leads the group")
    MEMBER = "member", _("belongs to the group")


class VisitKind(models.TextChoices):
    """Why a family is visited."""

    CALL = "call", _("call on the family")
    CHECK = "check", _("check of the standards")
    PLAN = "plan", _("plan talked over")
    POLICY = "policy", _("policy explained")
    HARDSHIP = "hardship", _("hardship or disaster")


class Mending(models.TextChoices):
    """Whether what a visit found is to be mended; empty: nothing is."""

    ASKED = "asked", _("something is to be mended")
    TAKEN_UP = "taken_up", _("taken up in the ledger")


class PairingEnd(models.TextChoices):
    """Why a pairing ended."""

    REPLACED = "replaced", _("another helper took over")
    LEFT = "left", _("the helper left")
    HOUSEHOLD = "household", _("the household is no more")
    MOVED = "moved", _("the household moved; the helper stays")
    OTHER = "other", _("another reason")
    UNDONE = "undone", _("entered by mistake, taken back")


VISIT_STATES = {
    VisitState.PLANNED: _("visit planned"),
    VisitState.MADE: _("visit made"),
    VisitState.DROPPED: _("visit dropped"),
}
ROSTER_STATES = {
    RosterState.ENTERED: _("waiting for the second signature"),
    RosterState.RETURNED: _("returned to the village"),
    RosterState.SIGNED: _("countersigned"),
}
