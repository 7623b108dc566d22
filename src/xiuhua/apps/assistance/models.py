"""What helpers do: pairings, teams, visits, rosters, and what happened to each.

Periods are half-open: the last day is not inside. Triggers refuse every change of an
event (migration 0002). Who helps, and where they stand, is in `people`.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.scope import ScopedManager
from xiuhua.apps.assistance.choices import (
    ROSTER_STATES,
    VISIT_STATES,
    Mending,
    PairingEnd,
    TeamPost,
    VisitKind,
)
from xiuhua.apps.assistance.people import (
    Entered,
    Helper,
    Lasting,
    ends_after_start,
    region_key,
)
from xiuhua.apps.assistance.rules import RosterState, VisitState
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.audit.chained import ChainedEvent, ChainHead
from xiuhua.apps.regions.models import Region
from xiuhua.apps.registry.models import Household


class PairingManager(ScopedManager["Pairing"]):
    """Pairings of households in the scope."""

    scope_field = "household__village_id"


class Pairing(Entered, Lasting):
    """A helper answers for a household from a day on (结对帮扶)."""

    household = models.ForeignKey(
        Household,
        verbose_name=_("household"),
        on_delete=models.PROTECT,
        related_name="pairings",
    )
    helper = models.ForeignKey(
        Helper,
        verbose_name=_("helper"),
        on_delete=models.PROTECT,
        related_name="pairings",
    )
    ended_reason = models.CharField(
        _("why it ended"), max_length=10, choices=PairingEnd.choices, blank=True
    )
    # What brought it: a form, a sheet, the archive.
    source = models.CharField(_("source"), max_length=100, blank=True)

    objects = PairingManager()
    # For acts of the registry, which look at the acting post themselves.
    unscoped = models.Manager["Pairing"]()

    class Meta:
        verbose_name = _("pairing")
        verbose_name_plural = _("pairings")
        indexes: ClassVar = [
            models.Index(
                fields=["helper", "ended_on"], name="assistance_pairing_helper"
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(ended_on__isnull=True),
                name="assistance_pairing_one_open",
            ),
            # Empty for those taken back: they never were.
            ends_after_start("assistance_pairing_runs_forward", empty=True),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_reason="")
                | Q(ended_on__isnull=False, ended_reason__in=PairingEnd.values),
                name="assistance_pairing_end_explained",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.helper_id} → {self.household_id}"


class WorkTeamManager(ScopedManager["WorkTeam"]):
    """Work teams of villages in the scope."""

    scope_field = "region_id"


class WorkTeam(Entered, Lasting):
    """The work team of a village (驻村工作队)."""

    region = region_key(_("village"), "work_teams")
    document = models.CharField(_("document"), max_length=100, blank=True)

    objects = WorkTeamManager()

    class Meta:
        verbose_name = _("work team")
        verbose_name_plural = _("work teams")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region"],
                condition=Q(ended_on__isnull=True),
                name="assistance_team_one_a_village",
            ),
            ends_after_start("assistance_team_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.starts_on}"


class TeamMemberManager(ScopedManager["TeamMember"]):
    """Members of teams in the scope."""

    scope_field = "team__region_id"


class TeamMember(Entered, Lasting):
    """Somebody's term in a work team; `until` is what was agreed."""

    team = models.ForeignKey(WorkTeam, on_delete=models.PROTECT, related_name="members")
    helper = models.ForeignKey(Helper, on_delete=models.PROTECT, related_name="terms")
    post = models.CharField(_("post"), max_length=20, choices=TeamPost.choices)
    until = models.DateField(_("agreed until"), null=True, blank=True)
    ended_reason = models.CharField(_("why it ended"), max_length=200, blank=True)

    objects = TeamMemberManager()
    # For whether somebody belongs to a team elsewhere.
    unscoped = models.Manager["TeamMember"]()

    class Meta:
        verbose_name = _("member of a work team")
        verbose_name_plural = _("members of work teams")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["helper"],
                condition=Q(ended_on__isnull=True),
                name="assistance_member_of_one_team",
            ),
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(ended_on__isnull=True, post="first_secretary"),
                name="assistance_member_one_first_secretary",
            ),
            models.CheckConstraint(
                condition=Q(post__in=TeamPost.values),
                name="assistance_member_post_listed",
            ),
            ends_after_start("assistance_member_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.helper_id} in {self.team_id}"


class VisitDriveManager(ScopedManager["VisitDrive"]):
    """Drives of regions in the scope."""

    scope_field = "region_id"


class VisitDrive(Entered):
    """A drive in which every household is visited (遍访), between two days."""

    region = region_key(_("region"), "visit_drives")
    name = models.CharField(_("name"), max_length=100)
    # Only those that are still poor; else every household on the register.
    left_only = models.BooleanField(_("only households that have not exited"))
    starts_on = models.DateField(_("from"))
    # The last day, which is inside.
    last_day = models.DateField(_("last day"))

    objects = VisitDriveManager()

    class Meta:
        verbose_name = _("drive of visits")
        verbose_name_plural = _("drives of visits")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "name"], name="assistance_drive_once_a_region"
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("starts_on")),
                name="assistance_drive_runs_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VisitManager(ScopedManager["Visit"]):
    """Visits of households in the scope."""

    scope_field = "household__village_id"


class Visit(Entered):
    """A family is visited: planned, made with what was found, or dropped."""

    household = models.ForeignKey(
        Household,
        verbose_name=_("household"),
        on_delete=models.PROTECT,
        related_name="visits",
    )
    helper = models.ForeignKey(
        Helper,
        verbose_name=_("visitor"),
        on_delete=models.PROTECT,
        related_name="visits",
    )
    kind = models.CharField(_("kind"), max_length=10, choices=VisitKind.choices)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(s.value, VISIT_STATES[s]) for s in VisitState],
        default=VisitState.PLANNED.value,
    )
    planned_on = models.DateField(_("planned for"))
    made_on = models.DateField(_("made on"), null=True, blank=True)
    findings = models.CharField(_("what was found"), max_length=1000, blank=True)
    mending = models.CharField(
        _("what follows"), max_length=10, choices=Mending.choices, blank=True
    )
    reason = models.CharField(_("why dropped"), max_length=200, blank=True)

    objects = VisitManager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes: ClassVar = [
            models.Index(
                fields=["helper", "state", "planned_on"], name="assistance_visit_helper"
            ),
            models.Index(fields=["household", "made_on"], name="assistance_visit_home"),
            models.Index(
                fields=["mending"],
                condition=Q(mending=Mending.ASKED),
                name="assistance_visit_asks",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=VisitKind.values),
                name="assistance_visit_kind_listed",
            ),
            models.CheckConstraint(
                condition=Q(state=VisitState.PLANNED, made_on=None, reason="")
                | (
                    Q(state=VisitState.MADE, made_on__isnull=False, reason="")
                    & ~Q(findings="")
                )
                | (Q(state=VisitState.DROPPED, made_on=None) & ~Q(reason="")),
                name="assistance_visit_state_explained",
            ),
            models.CheckConstraint(
                condition=Q(mending="")
                | Q(mending__in=Mending.values, state=VisitState.MADE),
                name="assistance_visit_mending_found",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.planned_on}"


class VisitPaperManager(ScopedManager["VisitPaper"]):
    """Papers of visits of households in the scope."""

    scope_field = "visit__household__village_id"


class VisitPaper(models.Model):
    """A file of the household that was brought home from a visit."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="papers")
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="visits"
    )

    objects = VisitPaperManager()

    class Meta:
        verbose_name = _("paper of a visit")
        verbose_name_plural = _("papers of visits")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["visit", "attachment"], name="assistance_visit_paper_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.attachment_id}"


class RosterManager(ScopedManager["Roster"]):
    """Rosters of villages in the scope."""

    scope_field = "region_id"


class Roster(Entered):
    """The signed roster of days in the village in a month; nobody is tracked."""

    region = region_key(_("village"), "rosters")
    # Its first day.
    month = models.DateField(_("month"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(s.value, ROSTER_STATES[s]) for s in RosterState],
        default=RosterState.ENTERED.value,
    )
    entered_by = models.CharField(_("entered by"), max_length=150)
    signed_by = models.CharField(_("countersigned by"), max_length=150, blank=True)
    reason = models.CharField(_("why returned"), max_length=200, blank=True)

    objects = RosterManager()

    class Meta:
        verbose_name = _("roster")
        verbose_name_plural = _("rosters")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "month"], name="assistance_roster_once_a_month"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=RosterState.SIGNED)
                    & ~Q(signed_by="")
                    & ~Q(signed_by=F("entered_by"))
                )
                | (~Q(state=RosterState.SIGNED) & Q(signed_by="")),
                name="assistance_roster_signed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.month:%Y-%m}"


class RosterDayManager(ScopedManager["RosterDay"]):
    """Days of rosters in the scope."""

    scope_field = "roster__region_id"


class RosterDay(models.Model):
    """Somebody of the team was in the village on a day, as the roster says."""

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="days")
    member = models.ForeignKey(
        TeamMember, on_delete=models.PROTECT, related_name="days"
    )
    day = models.DateField(_("day"))

    objects = RosterDayManager()

    class Meta:
        verbose_name = _("day of a roster")
        verbose_name_plural = _("days of rosters")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["roster", "member", "day"], name="assistance_roster_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.day}"


class BookManager(ScopedManager["Book"]):
    """Books of regions in the scope."""

    scope_field = "region_id"


class Book(ChainHead):
    """The book of a region: everything that happened to who helps there, chained."""

    region = models.OneToOneField(
        Region,
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="helping_book",
    )

    objects = BookManager()
    # A book is written by acts that have looked at the region already.
    unscoped = models.Manager["Book"]()

    class Meta:
        verbose_name = _("book of who helps")
        verbose_name_plural = _("books of who helps")

    def __str__(self) -> str:
        return self.chain_label

    @property
    def chain_label(self) -> str:
        """Return the code of the region."""
        return str(self.region_id)


class HelpEventManager(ScopedManager["HelpEvent"]):
    """Events in books of regions in the scope."""

    scope_field = "book__region_id"


class HelpEvent(ChainedEvent):
    """One thing that happened; `about` names the row, and so does what is said."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="events")
    about = models.CharField(_("record"), max_length=60, db_index=True)

    objects = HelpEventManager()
    unscoped = models.Manager["HelpEvent"]()

    class Meta:
        verbose_name = _("event of who helps")
        verbose_name_plural = _("events of who helps")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["book", "number"], name="assistance_event_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.book_id}/{self.number} {self.act}"

    @property
    def record(self) -> ChainHead:
        """Return the book."""
        return self.book
