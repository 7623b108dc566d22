"""Households, persons, income, marks, villages; their history and spans of status.

Null is unknown, never no. Validity is half-open: the last day is not inside.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.scope import ScopedManager
from xiuhua.apps.regions.models import Region
from xiuhua.apps.registry.facts import INCOME, fact_names, facts
from xiuhua.apps.registry.initials import INITIALS_LENGTH
from xiuhua.apps.registry.recorded import Recorded
from xiuhua.apps.registry.statuses import (
    HouseholdEnd,
    MarkKind,
    PersonEnd,
    Status,
    listed,
)


NUMBER_LENGTH = 64


def _index(name: str, fields: str) -> models.Index:
    """Return an index of fields in this order."""
    return models.Index(fields=fields.split(), name=name)


class HouseholdManager(ScopedManager["Household"]):
    """Households in the scope."""

    scope_field = "village_id"


class Household(Status, facts("household", fact_names("household"))):  # type: ignore[misc]
    """A household as it is believed to be now; its number is the national 户编号."""

    number = models.CharField(_("number"), max_length=NUMBER_LENGTH, unique=True)
    village = models.ForeignKey(
        Region,
        verbose_name=_("village"),
        to_field="code",
        db_column="village_code",
        on_delete=models.PROTECT,
        related_name="households",
        # The first index below begins with it.
        db_index=False,
    )
    name_initials = models.CharField(
        _("initials of the head"), max_length=INITIALS_LENGTH, blank=True
    )
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    ended_reason = models.CharField(
        _("why it ended"), max_length=20, choices=HouseholdEnd.choices, blank=True
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_at = models.DateTimeField(_("changed at"))

    objects = HouseholdManager()
    # For services, which look at the acting post themselves, and for commands.
    unscoped = models.Manager["Household"]()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        indexes: ClassVar = [
            _index(
                "registry_household_cause", "village main_cause registration poverty"
            ),
            # The list in its usual order: narrowed by status, counted and skipped in
            # the index alone.
            _index(
                "registry_household_list", "village id registration poverty monitoring"
            ),
            _index("registry_household_name", "name_initials head_name id"),
            # Without the rows that have none, which would mislead the planner.
            models.Index(
                fields=["phone"],
                condition=Q(phone__isnull=False),
                name="registry_household_phone",
            ),
            _index("registry_household_helper", "village helper_name"),
        ]
        constraints: ClassVar = [
            *listed("household"),
            models.CheckConstraint(
                condition=~Q(number=""), name="registry_household_numbered"
            ),
            models.CheckConstraint(
                condition=Q(
                    registration="ended",
                    ended_on__isnull=False,
                    ended_reason__in=HouseholdEnd.values,
                )
                | (
                    ~Q(registration="ended") & Q(ended_on__isnull=True, ended_reason="")
                ),
                name="registry_household_end_explained",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PersonManager(ScopedManager["Person"]):
    """Persons whose household lies in the scope."""

    scope_field = "household__village_id"


class Person(facts("person", fact_names("person"))):  # type: ignore[misc]
    """A member of a household, past members included: they stay with their end."""

    household = models.ForeignKey(
        Household,
        verbose_name=_("household"),
        on_delete=models.PROTECT,
        related_name="persons",
    )
    number = models.CharField(_("number"), max_length=NUMBER_LENGTH, unique=True)
    name_initials = models.CharField(
        _("initials"), max_length=INITIALS_LENGTH, blank=True
    )
    # Since when they belong to this household, or belong to none.
    member_from = models.DateField(_("as it is from"))
    ended_on = models.DateField(_("no member from"), null=True, blank=True)
    ended_reason = models.CharField(
        _("why no member"), max_length=20, choices=PersonEnd.choices, blank=True
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_at = models.DateTimeField(_("changed at"))

    objects = PersonManager()
    unscoped = models.Manager["Person"]()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        indexes: ClassVar = [
            # Searched by name alone: whose household it is stands in the index too.
            _index("registry_person_name", "name_initials name ended_on household"),
            models.Index(
                fields=["phone"],
                condition=Q(phone__isnull=False),
                name="registry_person_phone",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(number=""), name="registry_person_numbered"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_reason="")
                | Q(ended_on__isnull=False, ended_reason__in=PersonEnd.values),
                name="registry_person_end_explained",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class IncomeStatementManager(ScopedManager["IncomeStatement"]):
    """Statements of households in the scope."""

    scope_field = "household__village_id"


class IncomeStatement(facts("household", INCOME)):  # type: ignore[misc]
    """The income of a household over a window, as one source states it."""

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="incomes"
    )
    window_from = models.DateField(_("from"))
    window_to = models.DateField(_("to"))
    # Empty when the import that stated it was undone: it says nothing then.
    source = models.CharField(_("source"), max_length=100, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_at = models.DateTimeField(_("changed at"))

    objects = IncomeStatementManager()
    unscoped = models.Manager["IncomeStatement"]()

    class Meta:
        verbose_name = _("income statement")
        verbose_name_plural = _("income statements")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "window_from", "window_to"],
                name="registry_income_window_once",
            ),
            models.CheckConstraint(
                condition=Q(window_to__gt=F("window_from")),
                name="registry_income_window_runs_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}: {self.window_from} – {self.window_to}"


class HouseholdMarkManager(ScopedManager["HouseholdMark"]):
    """Marks of households in the scope."""

    scope_field = "household__village_id"


class HouseholdMark(models.Model):
    """What a household was in a year, on which document."""

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="marks"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    mark = models.CharField(_("mark"), max_length=20, choices=MarkKind.choices)
    document = models.CharField(_("document"), max_length=100, blank=True)
    set_at = models.DateTimeField(_("set at"))

    objects = HouseholdMarkManager()
    unscoped = models.Manager["HouseholdMark"]()

    class Meta:
        verbose_name = _("mark of a household")
        verbose_name_plural = _("marks of households")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "year", "mark"], name="registry_mark_once"
            ),
            models.CheckConstraint(
                condition=Q(mark__in=MarkKind.values), name="registry_mark_listed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.year} {self.mark}"


class VillageFactsManager(ScopedManager["VillageFacts"]):
    """Facts of villages in the scope."""

    scope_field = "village_id"


class VillageFacts(facts("village", fact_names("village"))):  # type: ignore[misc]
    """What a village reports of itself for a year."""

    village = models.ForeignKey(
        Region,
        to_field="code",
        db_column="village_code",
        on_delete=models.PROTECT,
        related_name="facts",
    )
    year = models.PositiveSmallIntegerField(_("year"))
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_at = models.DateTimeField(_("changed at"))

    objects = VillageFactsManager()
    unscoped = models.Manager["VillageFacts"]()

    class Meta:
        verbose_name = _("facts of a village")
        verbose_name_plural = _("facts of villages")
        indexes: ClassVar = [
            # What a province's population is summed from, without the facts' wide rows.
            _index(
                "registry_village_population", "village year agricultural_population"
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["village", "year"], name="registry_village_year_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.village_id} {self.year}"


class BatchManager(ScopedManager["Batch"]):
    """Batches entered for a region in the scope."""

    scope_field = "region_code"


class Batch(models.Model):
    """Many changes made in one step, which one step can take back."""

    region_code = models.CharField(_("region"), max_length=12, db_index=True)
    source = models.CharField(_("source"), max_length=200)
    digest = models.CharField(_("digest of the rows"), max_length=64)
    counts = models.JSONField(_("counts"))
    by_user = models.CharField(_("user"), max_length=150)
    by_post = models.CharField(_("post"), max_length=200)
    recorded_at = models.DateTimeField(_("recorded at"))
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.CharField(_("undone by"), max_length=150, blank=True)

    objects = BatchManager()
    unscoped = models.Manager["Batch"]()

    class Meta:
        verbose_name = _("batch of changes")
        verbose_name_plural = _("batches of changes")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by="")
                | (Q(undone_at__isnull=False) & ~Q(undone_by="")),
                name="registry_batch_undone_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.source}"


class ChangeManager(ScopedManager["Change"]):
    """Changes of households in the scope."""

    scope_field = "household__village_id"


class Change(Recorded):
    """One change of one row: what, since when, recorded when, by whom. Never changed.

    `old` and `new` hold columns with their values; sealed ones stay sealed in them.
    A person who goes over to another household leaves a change that names both.
    """

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="changes", db_index=False
    )
    other_household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        related_name="changes_elsewhere",
        null=True,
        blank=True,
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="changes", null=True, blank=True
    )
    statement = models.ForeignKey(
        IncomeStatement,
        on_delete=models.PROTECT,
        related_name="changes",
        null=True,
        blank=True,
    )
    valid_from = models.DateField(_("since"))
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="changes", null=True, blank=True
    )

    objects = ChangeManager()
    unscoped = models.Manager["Change"]()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes: ClassVar = [_index("registry_change_household", "household id")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(statement__isnull=True),
                name="registry_change_of_one_row",
            ),
            models.CheckConstraint(
                condition=Q(other_household__isnull=True)
                | ~Q(other_household=F("household")),
                name="registry_change_other_is_other",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.act} {self.valid_from}"


class VillageChangeManager(ScopedManager["VillageChange"]):
    """Changes of what villages in the scope report."""

    scope_field = "village_id"


class VillageChange(Recorded):
    """One change of what a village reports for a year; added, never changed.

    It names village and year, not the row: a report that was taken back leaves no row.
    """

    village = models.ForeignKey(
        Region,
        to_field="code",
        db_column="village_code",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    year = models.PositiveSmallIntegerField(_("year"))
    batch = models.ForeignKey(
        Batch,
        on_delete=models.PROTECT,
        related_name="village_changes",
        null=True,
        blank=True,
    )

    objects = VillageChangeManager()
    unscoped = models.Manager["VillageChange"]()

    class Meta:
        verbose_name = _("change of a village")
        verbose_name_plural = _("changes of villages")
        indexes: ClassVar = [_index("registry_change_village", "village year id")]

    def __str__(self) -> str:
        return f"{self.village_id} {self.year} {self.act}"

    @property
    def valid_from(self) -> date:
        """Return since when it holds: the first day of the year reported of."""
        return date(self.year, 1, 1)


class StatusSpanManager(ScopedManager["StatusSpan"]):
    """Spans of households that lay in the scope then."""

    scope_field = "village_id"


class StatusSpan(Status):
    """Where a household was and as what, from a day to another."""

    household = models.ForeignKey(
        Household, on_delete=models.CASCADE, related_name="spans", db_index=False
    )
    village = models.ForeignKey(
        Region,
        to_field="code",
        db_column="village_code",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)

    objects = StatusSpanManager()
    unscoped = models.Manager["StatusSpan"]()

    class Meta:
        verbose_name = _("span of status")
        verbose_name_plural = _("spans of status")
        indexes: ClassVar = [
            # Wide enough that totals are read from the index alone.
            _index(
                "registry_span_totals",
                "village valid_from valid_to "
                "registration poverty monitoring persons_count",
            )
        ]
        constraints: ClassVar = [
            *listed("span"),
            models.UniqueConstraint(
                fields=["household", "valid_from"], name="registry_span_one_start"
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(valid_to__isnull=True),
                name="registry_span_one_open",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from")),
                name="registry_span_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.valid_from} – {self.valid_to}"
