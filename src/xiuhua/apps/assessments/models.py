"""Standards in force, current verdicts, tallies, runs, and faults of the data.

Judgement, standing and tally are one thing in two shapes: every cell of a tally is a
count over judgements and standings, and only `recording` writes the three.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.scope import ScopedManager
from xiuhua.apps.regions.models import Region
from xiuhua.core.standards.reader import LEVELS


MARKS: Final = ("0", "1", "2", "3")
# Long enough for an indicator's name of any pack.
NAME_LENGTH: Final = 60


def region_key(related_name: str, **said: Any) -> models.ForeignKey:
    """Return the key to a region by its code, in the column `region_code`."""
    return models.ForeignKey(
        Region,
        verbose_name=_("region"),
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name=related_name,
        **said,
    )


def village_key(related_name: str) -> models.ForeignKey:
    """Return the key to a village by its code, in the column `village_code`."""
    return models.ForeignKey(
        Region,
        verbose_name=_("village"),
        to_field="code",
        db_column="village_code",
        on_delete=models.PROTECT,
        related_name=related_name,
        # Every index that serves starts with the village or the pack.
        db_index=False,
    )


# Every model has a manager `unscoped` as well: what follows a change writes wherever
# the household was and is, and tasks run in nobody's post.


class ByRegion(ScopedManager[Any]):
    """Rows of the regions in the scope."""

    scope_field = "region_id"


class ByVillage(ScopedManager[Any]):
    """Rows of the villages in the scope."""

    scope_field = "village_id"


class Adoption(models.Model):
    """A standard in force in a region, as resolved on the day it was adopted."""

    region = region_key("adoptions")
    pack = models.CharField(_("standard"), max_length=NAME_LENGTH)
    unit = models.CharField(_("what it judges"), max_length=10)
    parameters = models.JSONField(_("values given"), default=dict)
    document = models.CharField(_("document"), max_length=200)
    fingerprint = models.CharField(_("fingerprint"), max_length=16)
    locked = models.BooleanField(_("locked for all regions below"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    as_of = models.DateField(_("judged as of"))
    follows_calendar = models.BooleanField(_("judged as of each day"))
    adopted_at = models.DateTimeField(_("adopted at"))
    adopted_by = models.CharField(_("adopted by"), max_length=400)

    objects = ByRegion()
    # What a region above has adopted holds for those below, who cannot see that region.
    unscoped = models.Manager["Adoption"]()

    class Meta:
        verbose_name = _("adoption of a standard")
        verbose_name_plural = _("adoptions of standards")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "pack"],
                condition=Q(valid_to__isnull=True),
                name="assessments_adoption_open_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="assessments_adoption_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(document=""), name="assessments_adoption_on_a_document"
            ),
            models.CheckConstraint(
                condition=Q(unit__in=LEVELS), name="assessments_adoption_unit_exists"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack} {self.region_id}"


class Yardstick(models.Model):
    """The measures that judgements of one fingerprint have a mark in, in order."""

    fingerprint = models.CharField(_("fingerprint"), max_length=40, unique=True)
    measures = models.JSONField(_("measures"))

    class Meta:
        verbose_name = _("yardstick")
        verbose_name_plural = _("yardsticks")

    def __str__(self) -> str:
        return self.fingerprint


class Standing(models.Model):
    """A household's three axes of status as the tallies count it."""

    household = models.OneToOneField(
        "registry.Household", on_delete=models.CASCADE, related_name="standing"
    )
    village = village_key("standings")
    status = models.CharField(_("status"), max_length=100)
    persons = models.PositiveIntegerField(_("persons"))
    # Goes up with every change: what was judged from an older one is not written.
    edition = models.PositiveIntegerField(_("edition"), default=1)

    objects = ByVillage()
    unscoped = models.Manager["Standing"]()

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        indexes: ClassVar = [
            models.Index(fields=["village"], name="assessments_standing_village")
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.status}"


class Judgement(models.Model):
    """What a standard says of a household now.

    `verdicts` has one mark per measure, in the order of the `Yardstick` of the
    fingerprint; `results` are the numbers the standard derives, as text.
    """

    household = models.ForeignKey(
        "registry.Household", on_delete=models.CASCADE, related_name="judgements"
    )
    village = village_key("judgements")
    pack = models.CharField(_("standard"), max_length=NAME_LENGTH)
    status = models.CharField(_("exit status"), max_length=20, blank=True)
    persons = models.PositiveIntegerField(_("persons"))
    overall = models.CharField(_("overall"), max_length=1)
    verdicts = models.CharField(_("verdicts"), max_length=100)
    results = models.JSONField(_("results"), default=dict)
    fingerprint = models.CharField(_("fingerprint"), max_length=40)
    as_of = models.DateField(_("judged as of"))
    judged_at = models.DateTimeField(_("judged at"))

    objects = ByVillage()
    unscoped = models.Manager["Judgement"]()

    class Meta:
        verbose_name = _("judgement")
        verbose_name_plural = _("judgements")
        indexes: ClassVar = [
            models.Index(
                fields=["village", "pack", "overall"], name="assessments_judgement_list"
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "pack"], name="assessments_judgement_once"
            ),
            models.CheckConstraint(
                condition=Q(overall__in=MARKS), name="assessments_judgement_marked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.pack} {self.overall}"


class Shortfall(models.Model):
    """An indicator a household is unmet or unknown in, with the values behind it."""

    household = models.ForeignKey(
        "registry.Household", on_delete=models.CASCADE, related_name="shortfalls"
    )
    village = village_key("shortfalls")
    pack = models.CharField(_("standard"), max_length=NAME_LENGTH)
    indicator = models.CharField(_("indicator"), max_length=NAME_LENGTH)
    verdict = models.CharField(_("verdict"), max_length=1)
    reasons = models.JSONField(_("reasons"), default=list)
    since = models.DateField(_("since"))

    objects = ByVillage()
    unscoped = models.Manager["Shortfall"]()

    class Meta:
        verbose_name = _("shortfall")
        verbose_name_plural = _("shortfalls")
        indexes: ClassVar = [
            models.Index(
                fields=["pack", "indicator", "verdict", "village"],
                name="assessments_shortfall_list",
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "pack", "indicator"],
                name="assessments_shortfall_once",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=("0", "1")),
                name="assessments_shortfall_falls_short",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.indicator} {self.verdict}"


class TallyCell(models.Model):
    """A count of households and persons in one cell of one region."""

    pack = models.CharField(_("standard"), max_length=NAME_LENGTH, blank=True)
    measure = models.CharField(_("measure"), max_length=NAME_LENGTH)
    status = models.CharField(_("status"), max_length=100, blank=True)
    verdict = models.CharField(_("verdict"), max_length=1, blank=True)
    households = models.IntegerField(_("households"))
    persons = models.IntegerField(_("persons"))

    class Meta:
        abstract = True


class Tally(TallyCell):
    """What is counted now."""

    region = region_key("tallies", db_index=False)

    objects = ByRegion()
    unscoped = models.Manager["Tally"]()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "pack", "measure", "status", "verdict"],
                name="assessments_tally_cell_once",
            ),
            models.CheckConstraint(
                condition=Q(households__gte=0, persons__gte=0),
                name="assessments_tally_not_below_zero",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.pack} {self.measure} {self.verdict}"


class TallyDay(TallyCell):
    """What was counted at the end of a day on which it changed."""

    region = region_key("tally_days", db_index=False)
    day = models.DateField(_("day"))

    objects = ByRegion()
    unscoped = models.Manager["TallyDay"]()

    class Meta:
        verbose_name = _("tally of a day")
        verbose_name_plural = _("tallies of days")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "pack", "measure", "status", "verdict", "day"],
                name="assessments_tally_day_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.measure} {self.day}"


class RunState(models.TextChoices):
    """How far a run has come."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")


class Run(models.Model):
    """A judging of a whole region from a snapshot that is kept."""

    region = region_key("runs")
    pack = models.CharField(_("standard"), max_length=NAME_LENGTH)
    village_pack = models.CharField(_("village standard"), max_length=NAME_LENGTH)
    parameters = models.JSONField(_("values given"), default=dict)
    adopted = models.BooleanField(_("by the standard in force"))
    # Which counties were judged by which values: what recomputing goes by.
    parts = models.JSONField(_("parts"), default=list)
    fingerprint = models.CharField(_("fingerprint"), max_length=80, blank=True)
    as_of = models.DateField(_("as of"))
    state = models.CharField(_("state"), max_length=10, choices=RunState.choices)
    step = models.CharField(_("step"), max_length=60, blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    cancel_asked = models.BooleanField(_("to be cancelled"), default=False)
    problem = models.CharField(_("problem"), max_length=500, blank=True)
    folder = models.CharField(_("folder"), max_length=100, blank=True)
    snapshot_hash = models.CharField(
        _("hash of the snapshot"), max_length=64, blank=True
    )
    result_hash = models.CharField(_("hash of the results"), max_length=64, blank=True)
    counts = models.JSONField(_("counts"), default=dict)
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.CharField(_("asked by"), max_length=400)
    # Null where a job of the night asked.
    asked_post = models.ForeignKey(
        "accounts.Post", on_delete=models.PROTECT, related_name="+", null=True
    )
    snapshot_at = models.DateTimeField(_("snapshot at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    recomputed_at = models.DateTimeField(_("recomputed at"), null=True)
    recomputed_hash = models.CharField(
        _("hash when recomputed"), max_length=64, blank=True
    )
    identities_erased_at = models.DateTimeField(_("identities erased at"), null=True)

    objects = ByRegion()
    unscoped = models.Manager["Run"]()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        indexes: ClassVar = [
            models.Index(fields=["region", "-asked_at"], name="assessments_run_list")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=RunState.values), name="assessments_run_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | ~Q(snapshot_hash="") & ~Q(result_hash=""),
                name="assessments_run_done_with_hashes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack} {self.region_id} {self.as_of}"


class Fault(models.Model):
    """A fault found in what is stored: of a household, or of one of its members.

    `others` names what it clashes with (surrogate ids); `stale` says that the household
    was changed since and is about to be looked at again.
    """

    household = models.ForeignKey(
        "registry.Household", on_delete=models.CASCADE, related_name="faults"
    )
    person = models.ForeignKey(
        "registry.Person", on_delete=models.CASCADE, related_name="faults", null=True
    )
    village = village_key("faults")
    kind = models.CharField(_("kind"), max_length=NAME_LENGTH)
    level = models.CharField(_("level"), max_length=10)
    field = models.CharField(_("field"), max_length=NAME_LENGTH)
    expected = models.CharField(_("right would be"), max_length=200, blank=True)
    others = models.CharField(_("clashes with"), max_length=200, blank=True)
    found_at = models.DateTimeField(_("found at"))
    stale = models.BooleanField(_("to be looked at again"), default=False)

    objects = ByVillage()
    unscoped = models.Manager["Fault"]()

    class Meta:
        verbose_name = _("fault of the data")
        verbose_name_plural = _("faults of the data")
        indexes: ClassVar = [
            models.Index(fields=["village", "kind"], name="assessments_fault_list"),
            models.Index(fields=["household", "kind"], name="assessments_fault_of"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "kind", "field"],
                condition=Q(person__isnull=False),
                name="assessments_fault_of_person_once",
            ),
            models.UniqueConstraint(
                fields=["household", "kind", "field"],
                condition=Q(person__isnull=True),
                name="assessments_fault_of_household_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.household_id}"


class Completeness(models.Model):
    """How many rows of a village should have a field, and how many have it."""

    village = village_key("completeness")
    level = models.CharField(_("level"), max_length=10)
    field = models.CharField(_("field"), max_length=NAME_LENGTH)
    wanted = models.PositiveIntegerField(_("should be filled in"))
    filled = models.PositiveIntegerField(_("is filled in"))

    objects = ByVillage()
    unscoped = models.Manager["Completeness"]()

    class Meta:
        verbose_name = _("completeness")
        verbose_name_plural = _("completeness")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["village", "level", "field"],
                name="assessments_completeness_once",
            ),
            models.CheckConstraint(
                condition=Q(filled__lte=F("wanted")),
                name="assessments_completeness_at_most_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.village_id} {self.field} {self.filled}/{self.wanted}"


class Campaign(models.Model):
    """What a region counts down to: a deadline with a reserve before it."""

    region = region_key("campaigns")
    name = models.CharField(_("name"), max_length=100)
    starts_on = models.DateField(_("begins on"))
    deadline = models.DateField(_("to be done by"))
    reserve_days = models.PositiveSmallIntegerField(_("reserve in days"))
    document = models.CharField(_("document"), max_length=200)
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_at = models.DateTimeField(_("changed at"))

    objects = ByRegion()
    # What a region above has set holds for those below, who cannot see that region.
    unscoped = models.Manager["Campaign"]()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "starts_on"], name="assessments_campaign_start_once"
            ),
            models.CheckConstraint(
                condition=Q(deadline__gt=F("starts_on")),
                name="assessments_campaign_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(document=""),
                name="assessments_campaign_on_a_document",
            ),
        ]

    def __str__(self) -> str:
        return self.name
