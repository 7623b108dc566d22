"""Problems, the households they concern, tasks, extensions, events and tallies.

Triggers refuse every change of an event (migration 0002).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import ScopedManager
from xiuhua.apps.attachments.models import Attachment, EvidenceKind
from xiuhua.apps.audit.chained import ChainedEvent, ChainHead
from xiuhua.apps.ledger.codes import Duty, Kind, Precision, Source
from xiuhua.apps.ledger.rules import ENDED, State
from xiuhua.apps.regions.models import Region
from xiuhua.apps.registry.models import Household


_ENDED = sorted(ENDED)


class NumberSeries(models.Model):
    """How many problems were numbered in a county and year; its row is the lock."""

    start = models.CharField(_("start of the numbers"), max_length=20, primary_key=True)
    count = models.PositiveIntegerField(_("problems"), default=0)

    class Meta:
        verbose_name = _("series of numbers")
        verbose_name_plural = _("series of numbers")

    def __str__(self) -> str:
        return f"{self.start}{self.count}"


class ProblemManager(ScopedManager["Problem"]):
    """Problems in the scope."""

    scope_field = "region_id"


class Problem(ChainHead):
    """A problem on the ledger; how it got where it stands is in its events."""

    number = models.CharField(_("number"), max_length=30, unique=True)
    once = models.CharField(_("key of the form"), max_length=64, unique=True)
    region = models.ForeignKey(
        Region,
        verbose_name=_("region"),
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="problems",
        # The indexes below begin with it.
        db_index=False,
    )
    source = models.CharField(_("source"), max_length=20, choices=Source.choices)
    # What found it, as text: "assessments.shortfall:123", a document, a sheet's row.
    source_reference = models.CharField(_("found by"), max_length=200, blank=True)
    found_on = models.DateField(_("found on"))
    kind = models.CharField(_("class"), max_length=20, choices=Kind.choices)
    duty = models.CharField(
        _("three duties"), max_length=20, choices=Duty.choices, blank=True
    )
    precision = models.CharField(
        _("three precisions"), max_length=20, choices=Precision.choices, blank=True
    )
    # The indicator of a pack it is about: a sector bureau sees its own.
    indicator = models.CharField(_("indicator"), max_length=60, blank=True)
    description = models.TextField(_("description"), max_length=2000)
    is_common = models.BooleanField(_("common problem"), default=False)
    is_policy_level = models.BooleanField(_("of policy itself"), default=False)
    is_immediate = models.BooleanField(_("mended at once"), default=False)
    households = models.ManyToManyField(
        Household, through="ProblemHousehold", related_name="problems"
    )
    state = models.CharField(
        _("state"), max_length=30, choices=[(s.value, s.value) for s in State]
    )
    owner = models.ForeignKey(
        Post,
        verbose_name=_("owner"),
        on_delete=models.PROTECT,
        related_name="problems",
        null=True,
        blank=True,
    )
    leader = models.CharField(_("responsible leader"), max_length=100, blank=True)
    unit = models.CharField(_("responsible unit"), max_length=100, blank=True)
    measures = models.TextField(_("measures taken"), max_length=2000, blank=True)
    deadline = models.DateField(_("deadline"), null=True, blank=True)
    review_date = models.DateField(_("look again on"), null=True, blank=True)
    cause = models.TextField(_("cause of delay"), max_length=1000, blank=True)
    accountability = models.TextField(_("accountability"), max_length=1000, blank=True)
    system_mended = models.TextField(_("system mended"), max_length=1000, blank=True)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("merged into"),
        on_delete=models.PROTECT,
        related_name="merged",
        null=True,
        blank=True,
    )
    registered_by = models.CharField(_("registered by"), max_length=150)
    registered_at = models.DateTimeField(_("registered at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=150, blank=True)
    # What opened it by rule: nothing opens a second one while it is open.
    opened_for = models.CharField(_("opened for"), max_length=150, blank=True)
    # A question of policy: the region it was carried up to, and what came back.
    raised_to = models.CharField(_("carried up to"), max_length=12, blank=True)
    raised_on = models.DateField(_("carried up on"), null=True, blank=True)
    answer = models.TextField(_("answer from above"), max_length=2000, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    escalated_on = models.DateField(_("escalated on"), null=True, blank=True)
    escalated_to = models.CharField(_("escalated to"), max_length=12, blank=True)

    objects = ProblemManager()
    # Who finishes a task below records it on a problem that may lie around the scope.
    unscoped = models.Manager["Problem"]()

    class Meta:
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        indexes: ClassVar = [
            # The list of a region, narrowed by state and day, counted and sorted in
            # the index alone; and what is late, wherever it lies.
            models.Index(
                fields=["region", "state", "deadline", "number", "id"],
                name="ledger_problem_region",
            ),
            models.Index(
                fields=["state", "deadline", "region", "number", "id"],
                name="ledger_problem_late",
            ),
            models.Index(
                fields=["owner", "state", "deadline"], name="ledger_problem_owner"
            ),
            models.Index(fields=["region", "source"], name="ledger_problem_source"),
            models.Index(
                fields=["region", "indicator"], name="ledger_problem_indicator"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in State]),
                name="ledger_problem_state_listed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.REGISTERED, State.NOT_SUBSTANTIATED])
                | Q(state__in=[State.MERGED, State.WITHDRAWN])
                | Q(owner__isnull=False),
                name="ledger_problem_in_hand_is_owned",
            ),
            models.CheckConstraint(
                condition=Q(state=State.MERGED, merged_into__isnull=False)
                | (~Q(state=State.MERGED) & Q(merged_into__isnull=True)),
                name="ledger_problem_merged_into_another",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="ledger_problem_not_into_itself"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=_ENDED, ended_at__isnull=False) & ~Q(ended_by="")
                )
                | (~Q(state__in=_ENDED) & Q(ended_at__isnull=True, ended_by="")),
                name="ledger_problem_end_is_signed",
            ),
            models.UniqueConstraint(
                fields=["opened_for"],
                condition=Q(ended_at__isnull=True) & ~Q(opened_for=""),
                name="ledger_problem_opened_once",
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, answer="")
                | (Q(answered_on__isnull=False) & ~Q(answer="") & ~Q(raised_to="")),
                name="ledger_problem_answer_was_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CONTINUING, review_date__isnull=False)
                | ~Q(state=State.CONTINUING),
                name="ledger_problem_continuing_is_reviewed",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def chain_label(self) -> str:
        """Return the number of the problem."""
        return self.number


class ProblemHousehold(models.Model):
    """A household a problem is about."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="links")
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="problem_links"
    )

    class Meta:
        verbose_name = _("household of a problem")
        verbose_name_plural = _("households of problems")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["problem", "household"], name="ledger_link_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} – {self.household_id}"


class Evidence(models.Model):
    """Proof that a problem was mended: a file, or what the family says."""

    problem = models.ForeignKey(
        Problem, on_delete=models.CASCADE, related_name="evidence"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=EvidenceKind.choices)
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="+"
    )
    given_by = models.CharField(_("given by"), max_length=150)
    given_at = models.DateTimeField(_("given at"))

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["problem", "attachment"], name="ledger_evidence_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=EvidenceKind.values),
                name="ledger_evidence_kind_listed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id}: {self.kind}"


class TaskManager(ScopedManager["Task"]):
    """Tasks in the scope."""

    scope_field = "region_id"


class Task(models.Model):
    """A part of a problem, or the search for the same elsewhere (举一反三)."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="tasks")
    region = models.ForeignKey(
        Region,
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="tasks",
    )
    once = models.CharField(_("key of the form"), max_length=64, unique=True)
    what = models.CharField(_("what is to be done"), max_length=300)
    is_search = models.BooleanField(_("look for the same"), default=False)
    owner = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="tasks")
    deadline = models.DateField(_("deadline"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.CharField(_("done by"), max_length=150, blank=True)
    outcome = models.TextField(_("outcome"), max_length=1000, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = TaskManager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "done_at", "deadline"], name="ledger_task_own"
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    Q(done_at__isnull=True, done_by="")
                    | (Q(done_at__isnull=False) & ~Q(done_by="") & ~Q(outcome=""))
                ),
                name="ledger_task_done_is_signed",
            )
        ]

    def __str__(self) -> str:
        return self.what


class Extension(models.Model):
    """More time asked for a problem, and what was decided."""

    problem = models.ForeignKey(
        Problem, on_delete=models.CASCADE, related_name="extensions"
    )
    until = models.DateField(_("until"))
    reason = models.TextField(_("reason"), max_length=1000)
    asked_by = models.CharField(_("asked by"), max_length=150)
    asked_at = models.DateTimeField(_("asked at"))
    approved = models.BooleanField(_("approved"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=150, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["problem"],
                condition=Q(approved__isnull=True),
                name="ledger_extension_one_open",
            ),
            models.CheckConstraint(
                condition=(
                    Q(approved__isnull=True, decided_at__isnull=True, decided_by="")
                    | (
                        Q(approved__isnull=False, decided_at__isnull=False)
                        & ~Q(decided_by="")
                        & ~Q(decided_by=F("asked_by"))
                    )
                ),
                name="ledger_extension_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} → {self.until}"


class Event(ChainedEvent):
    """One thing that happened to a problem; events of a problem form a chain."""

    problem = models.ForeignKey(
        Problem, on_delete=models.PROTECT, related_name="events"
    )

    class Meta:
        verbose_name = _("event of a problem")
        verbose_name_plural = _("events of problems")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["problem", "number"], name="ledger_event_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.problem_id}/{self.number} {self.act}"

    @property
    def record(self) -> ChainHead:
        """Return the problem."""
        return self.problem


class LedgerTallyManager(ScopedManager["LedgerTally"]):
    """Tallies of regions in the scope."""

    scope_field = "region_code"


class LedgerTally(models.Model):
    """How many problems of a source stood in a state in a region at a day's end.

    A row is written only on days on which the number changed, so that the number on
    any date is one look; every region around the problem's own has its rows.
    """

    region_code = models.CharField(_("region"), max_length=12)
    source = models.CharField(_("source"), max_length=20)
    state = models.CharField(_("state"), max_length=30)
    day = models.DateField(_("day"))
    problems = models.PositiveIntegerField(_("problems"))

    objects = LedgerTallyManager()
    # A problem of a village counts in its county, which may lie around the scope.
    unscoped = models.Manager["LedgerTally"]()

    class Meta:
        verbose_name = _("tally of the ledger")
        verbose_name_plural = _("tallies of the ledger")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region_code", "source", "state", "day"],
                name="ledger_tally_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_code} {self.source} {self.state} {self.day}"


class RecheckManager(ScopedManager["Recheck"]):
    """Draws in the scope."""

    scope_field = "region_id"


class Recheck(models.Model):
    """A draw: of which problems, with which seed, which share."""

    region = models.ForeignKey(
        Region,
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="rechecks",
    )
    once = models.CharField(_("key of the form"), max_length=64, unique=True)
    ended_from = models.DateField(_("struck off from"))
    ended_to = models.DateField(_("struck off to"))
    share = models.DecimalField(_("share drawn"), max_digits=4, decimal_places=3)
    seed = models.CharField(_("seed"), max_length=60)
    # How many there were to draw from, and the digest of their numbers.
    frame_count = models.PositiveIntegerField(_("drawn from"))
    frame_digest = models.CharField(_("digest of the list"), max_length=64)
    drawn_by = models.CharField(_("drawn by"), max_length=150)
    drawn_at = models.DateTimeField(_("drawn at"))

    objects = RecheckManager()

    class Meta:
        verbose_name = _("second look")
        verbose_name_plural = _("second looks")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_from__lte=F("ended_to")),
                name="ledger_recheck_from_before_to",
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=1), name="ledger_recheck_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.ended_from} – {self.ended_to} {self.seed}"


class RecheckItemManager(ScopedManager["RecheckItem"]):
    """Drawn problems in the scope."""

    scope_field = "problem__region_id"


class RecheckItem(models.Model):
    """A problem that was drawn, and whether it is mended."""

    recheck = models.ForeignKey(Recheck, on_delete=models.CASCADE, related_name="items")
    problem = models.ForeignKey(
        Problem, on_delete=models.PROTECT, related_name="rechecks"
    )
    holds = models.BooleanField(_("is mended"), null=True, blank=True)
    found = models.TextField(_("what was found"), max_length=1000, blank=True)
    checked_by = models.CharField(_("checked by"), max_length=150, blank=True)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)

    objects = RecheckItemManager()

    class Meta:
        verbose_name = _("drawn problem")
        verbose_name_plural = _("drawn problems")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recheck", "problem"], name="ledger_recheck_item_once"
            ),
            models.CheckConstraint(
                condition=Q(holds__isnull=True, checked_at__isnull=True, found="")
                | (Q(holds__isnull=False, checked_at__isnull=False) & ~Q(found="")),
                name="ledger_recheck_item_checked_is_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recheck_id} {self.problem_id}"
