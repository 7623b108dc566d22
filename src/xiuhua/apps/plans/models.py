"""Plans, their measures and agreed versions, evidence of delivery, events.

Triggers refuse every change of an event and of an agreed version (migration 0002).
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
from xiuhua.apps.plans.rules import SIGNERS, TO_DELIVER, MeasureState, Subject, Track
from xiuhua.apps.regions.models import Region
from xiuhua.apps.registry.models import Household, Person
from xiuhua.core.dictionary.reader import load_dictionary


CLASSES = tuple(c.code for c in load_dictionary().code_lists["measure_class"].codes)


class PlanManager(ScopedManager["Plan"]):
    """Plans in the scope."""

    scope_field = "region_id"


class Plan(ChainHead):
    """What is to be done in a year for a household, one of its members, or a village.

    Without household it is the village's own (一村一策); with a person beside the
    household it is that person's (一人一计), else the household's (一户一策).
    """

    region = models.ForeignKey(
        Region,
        verbose_name=_("village"),
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="plans",
        # The index below begins with it.
        db_index=False,
    )
    household = models.ForeignKey(
        Household,
        verbose_name=_("household"),
        on_delete=models.PROTECT,
        related_name="plans",
        null=True,
        blank=True,
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="plans",
        null=True,
        blank=True,
    )
    year = models.PositiveSmallIntegerField(_("year"))
    track = models.CharField(
        _("track"),
        max_length=10,
        choices=[(t.value, t.value) for t in Track],
        blank=True,
    )
    exit_planned = models.PositiveSmallIntegerField(
        _("planned exit year"), null=True, blank=True
    )
    # How often it was agreed; 0 is a draft.
    agreed_count = models.PositiveSmallIntegerField(_("version in force"), default=0)
    # At the end of its year; what was not finished went on or was dropped.
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=150, blank=True)

    objects = PlanManager()
    # A household that moves leaves the scope of whoever moves it.
    unscoped = models.Manager["Plan"]()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        indexes: ClassVar = [
            models.Index(fields=["region", "year"], name="plans_plan_region")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "year"],
                condition=Q(household__isnull=False, person__isnull=True),
                name="plans_plan_one_a_household_and_year",
            ),
            models.UniqueConstraint(
                fields=["person", "year"],
                condition=Q(person__isnull=False),
                name="plans_plan_one_a_person_and_year",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(household__isnull=False),
                name="plans_plan_person_of_a_household",
            ),
            models.UniqueConstraint(
                fields=["region", "year"],
                condition=Q(household__isnull=True),
                name="plans_plan_one_a_village_and_year",
            ),
            models.CheckConstraint(
                condition=Q(track__in=["", *(t.value for t in Track)]),
                name="plans_plan_track_listed",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by="")
                | (Q(closed_at__isnull=False) & ~Q(closed_by="")),
                name="plans_plan_closing_is_signed",
            ),
        ]

    def __str__(self) -> str:
        return self.chain_label

    @property
    def chain_label(self) -> str:
        """Return what the plan is for, and its year.

        A household that moves takes its plan along, so its village is not part of it.
        """
        if self.household_id is None:
            return f"{self.region_id}/{self.year}"
        person = f"/{self.person_id}" if self.person_id else ""
        return f"{self.household_id}{person}/{self.year}"

    @property
    def subject(self) -> Subject:
        """Return what the plan is for."""
        if self.household_id is None:
            return Subject.VILLAGE
        return Subject.PERSON if self.person_id else Subject.HOUSEHOLD


class MeasureBatchManager(ScopedManager["MeasureBatch"]):
    """Batches in the scope."""

    scope_field = "region_id"


class MeasureBatch(models.Model):
    """Measures that came in together, from a sheet: who sent it, what came of it."""

    region = models.ForeignKey(
        Region,
        verbose_name=_("region"),
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="+",
    )
    source = models.CharField(_("where they come from"), max_length=100)
    # Of the file; the same file is taken over once.
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    plans_count = models.PositiveIntegerField(_("plans"))
    measures_count = models.PositiveIntegerField(_("number of measures"))
    actor = models.CharField(_("user"), max_length=150)
    recorded_at = models.DateTimeField(_("recorded at"))
    undone_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = MeasureBatchManager()

    class Meta:
        verbose_name = _("batch of measures")
        verbose_name_plural = _("batches of measures")

    def __str__(self) -> str:
        return f"{self.source} {self.recorded_at:%Y-%m-%d}"


class MeasureManager(ScopedManager["Measure"]):
    """Measures in the scope."""

    scope_field = "region_code"


class Measure(models.Model):
    """One thing that will be done: by whom, until when, with what money, to what end.

    `answers` says what it is for, as text: `indicator:<id>`, `cause:<code>`.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="measures")
    # That of the plan, so that an index can hold place, state and day together.
    region_code = models.CharField(_("village"), max_length=12)
    person = models.ForeignKey(
        Person,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="measures",
        null=True,
        blank=True,
    )
    once = models.CharField(_("key of the form"), max_length=64, unique=True)
    batch = models.ForeignKey(
        MeasureBatch,
        on_delete=models.PROTECT,
        related_name="measures",
        null=True,
        blank=True,
    )
    kind = models.CharField(_("class of measure"), max_length=30)
    what = models.CharField(_("what will be done"), max_length=300)
    answers = models.CharField(_("what it answers"), max_length=80, blank=True)
    is_dividend = models.BooleanField(_("dividend only"), default=False)
    income_yuan = models.DecimalField(
        _("expected income (yuan)"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
    )
    money_yuan = models.DecimalField(
        _("money (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    money_source = models.CharField(_("source of money"), max_length=100, blank=True)
    unit = models.CharField(_("responsible unit"), max_length=100, blank=True)
    owner = models.ForeignKey(
        Post,
        verbose_name=_("owner"),
        on_delete=models.PROTECT,
        related_name="measures",
        null=True,
        blank=True,
    )
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    deadline = models.DateField(_("to be done by"))
    # Kinds of evidence, sorted and joined by commas.
    demanded = models.CharField(_("evidence demanded"), max_length=60, blank=True)
    state = models.CharField(
        _("state"), max_length=15, choices=[(s.value, s.value) for s in MeasureState]
    )
    finished_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    finished_by = models.CharField(_("delivered by"), max_length=150, blank=True)
    checked_at = models.DateTimeField(_("checked off at"), null=True, blank=True)
    checked_by = models.CharField(_("checked off by"), max_length=150, blank=True)
    # Given back by whoever checked, until it is said to be delivered again.
    returned_at = models.DateTimeField(_("returned at"), null=True, blank=True)
    cause = models.CharField(_("cause of delay"), max_length=500, blank=True)
    accountability = models.CharField(_("accountability"), max_length=500, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = MeasureManager()
    unscoped = models.Manager["Measure"]()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "state", "deadline"], name="plans_measure_owner"
            ),
            models.Index(fields=["plan", "state"], name="plans_measure_plan"),
            models.Index(
                fields=["region_code", "state", "deadline", "id"],
                name="plans_measure_place",
            ),
            # What is due first, however large the region.
            models.Index(
                fields=["deadline", "id"],
                condition=Q(state__in=sorted(s.value for s in TO_DELIVER)),
                name="plans_measure_due",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=CLASSES), name="plans_measure_class_listed"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in MeasureState]),
                name="plans_measure_state_listed",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(starts_on__lte=F("deadline")),
                name="plans_measure_starts_before_its_end",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=[MeasureState.DONE, MeasureState.CHECKED_OFF])
                    & Q(finished_at__isnull=False)
                    & ~Q(finished_by="")
                )
                | ~Q(state__in=[MeasureState.DONE, MeasureState.CHECKED_OFF]),
                name="plans_measure_delivery_is_signed",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=MeasureState.CHECKED_OFF, checked_at__isnull=False)
                    & ~Q(checked_by="")
                    & ~Q(checked_by=F("finished_by"))
                )
                | (
                    ~Q(state=MeasureState.CHECKED_OFF)
                    & Q(checked_at__isnull=True, checked_by="")
                ),
                name="plans_measure_checked_off_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.what


class MeasureEvidence(models.Model):
    """Proof that a measure was delivered."""

    measure = models.ForeignKey(
        Measure, on_delete=models.CASCADE, related_name="evidence"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=EvidenceKind.choices)
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("evidence of delivery")
        verbose_name_plural = _("evidence of delivery")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["measure", "attachment"], name="plans_evidence_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=EvidenceKind.values),
                name="plans_evidence_kind_listed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id}: {self.kind}"


class PlanVersion(models.Model):
    """A plan as it was agreed: all its measures that day, and who agreed."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField(_("measures"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    agreed_on = models.DateField(_("agreed on"))
    # Names as signed: family, helper, leader of the work team.
    signed = models.JSONField(_("signed by"))
    actor = models.CharField(_("user"), max_length=150)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("version of a plan")
        verbose_name_plural = _("versions of plans")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "number"], name="plans_version_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""),
                name="plans_version_later_ones_have_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} v{self.number}"


class SignedPaper(models.Model):
    """The scan of the paper on which somebody signed a version of a plan."""

    version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, related_name="papers"
    )
    signer = models.CharField(
        _("signed by"), max_length=10, choices=[(s, s) for s in SIGNERS]
    )
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("signed paper")
        verbose_name_plural = _("signed papers")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "signer", "attachment"], name="plans_paper_once"
            ),
            models.CheckConstraint(
                condition=Q(signer__in=SIGNERS), name="plans_paper_signer_listed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.signer}"


class PlanEvent(ChainedEvent):
    """One thing that happened to a plan or one of its measures."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="events")
    measure = models.ForeignKey(
        Measure, on_delete=models.PROTECT, related_name="events", null=True
    )

    class Meta:
        verbose_name = _("event of a plan")
        verbose_name_plural = _("events of plans")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "number"], name="plans_event_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.number} {self.act}"

    @property
    def record(self) -> ChainHead:
        """Return the plan."""
        return self.plan


class PlanTallyManager(ScopedManager["PlanTally"]):
    """Tallies in the scope."""

    scope_field = "region_code"


class PlanTally(models.Model):
    """How many plans and measures of a year stand where, in a region.

    Kept for the village, its township and its county by whatever changes a plan.
    """

    region_code = models.CharField(_("region"), max_length=12)
    year = models.PositiveSmallIntegerField(_("year"))
    # A state of measures, or `plan_draft`, `plan_in_force`, `plan_closed` of plans.
    state = models.CharField(_("state"), max_length=20)
    number = models.IntegerField(_("number"))

    objects = PlanTallyManager()
    unscoped = models.Manager["PlanTally"]()

    class Meta:
        verbose_name = _("tally of plans")
        verbose_name_plural = _("tallies of plans")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region_code", "year", "state"], name="plans_tally_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=0), name="plans_tally_not_below_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_code} {self.year} {self.state} {self.number}"
