"""Regions, their names, successions, groupings, yearly attributes and boundaries."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.regions.rules import CODE_DIGITS
from xiuhua.core.periods import Period
from xiuhua.core.region_codes import LENGTH_BY_LEVEL


def in_force(day: object, prefix: str = "") -> Q:
    """Return the condition that a row with a validity holds on a day."""
    started = Q(**{f"{prefix}valid_from__isnull": True})
    started |= Q(**{f"{prefix}valid_from__lte": day})
    not_ended = Q(**{f"{prefix}valid_to__isnull": True})
    return started & (not_ended | Q(**{f"{prefix}valid_to__gt": day}))


class Lived(models.Model):
    """What holds from a day on (inclusive, null: always) to a day (exclusive)."""

    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def life(self) -> Period:
        """Return the validity as a period."""
        return Period(self.valid_from, self.valid_to)


class Level(models.TextChoices):
    """The levels of the tree."""

    PROVINCE = "province", _("province")
    PREFECTURE = "prefecture", _("prefecture")
    COUNTY = "county", _("county")
    TOWNSHIP = "township", _("township")
    VILLAGE = "village", _("village")


class Region(Lived):
    """A division under one code; another code is another region (see `Succession`)."""

    code = models.CharField(_("code"), max_length=CODE_DIGITS, unique=True)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("region around it"),
        to_field="code",
        db_column="parent_code",
        on_delete=models.PROTECT,
        related_name="parts",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    *(
                        Q(Exact(Length("code"), LENGTH_BY_LEVEL[level]), level=level)
                        for level in Level.values
                    ),
                    _connector=Q.OR,
                ),
                name="regions_region_level_fits_code",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, level=Level.PROVINCE)
                | (
                    # Spelled out: a check that comes to NULL would let the row pass.
                    Q(parent__isnull=False, code__startswith=F("parent"))
                    & ~Q(code=F("parent"))
                ),
                name="regions_region_lies_in_parent",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from")),
                name="regions_region_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class RegionName(Lived):
    """The name of a region at a time."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("name of a region")
        verbose_name_plural = _("names of regions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region"],
                condition=Q(valid_to__isnull=True),
                name="regions_name_one_last",
            ),
            models.UniqueConstraint(
                fields=["region", "valid_from"], name="regions_name_one_start"
            ),
            models.UniqueConstraint(
                fields=["region"],
                condition=Q(valid_from__isnull=True),
                name="regions_name_one_first",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from")),
                name="regions_name_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """One region's place taken by another on a day: a new code, a merger, a split."""

    predecessor = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="successions"
    )
    successor = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="origins"
    )
    on_date = models.DateField(_("on"))

    class Meta:
        verbose_name = _("succession")
        verbose_name_plural = _("successions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"], name="regions_succession_once"
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="regions_succession_of_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class Grouping(models.Model):
    """Regions taken together across the tree (片区), such as a contiguous poor area."""

    key = models.SlugField(_("key"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100)
    document = models.CharField(_("document"), max_length=100)

    class Meta:
        verbose_name = _("grouping of regions")
        verbose_name_plural = _("groupings of regions")

    def __str__(self) -> str:
        return self.name


class GroupingMember(Lived):
    """A region in a grouping, with all it contains."""

    grouping = models.ForeignKey(
        Grouping, on_delete=models.CASCADE, related_name="members"
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="groupings"
    )

    class Meta:
        verbose_name = _("member of a grouping")
        verbose_name_plural = _("members of groupings")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["grouping", "region"],
                condition=Q(valid_to__isnull=True),
                name="regions_member_one_open",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from")),
                name="regions_member_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grouping}: {self.region}"


class RegionYear(models.Model):
    """What a region counts as in a year; null is not known, never no."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField(_("year"))
    poor_village = models.BooleanField(_("poor village"), null=True)
    deep_poverty = models.BooleanField(_("in deep poverty"), null=True)
    target_class = models.CharField(_("target class"), max_length=50, blank=True)
    document = models.CharField(_("document"), max_length=100)

    class Meta:
        verbose_name = _("year of a region")
        verbose_name_plural = _("years of regions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "year"], name="regions_year_once"
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1949, year__lte=2100),
                name="regions_year_plausible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.year}"


class Boundary(models.Model):
    """The outline of a region as it was imported, with the map's review number."""

    region = models.OneToOneField(
        Region, on_delete=models.CASCADE, related_name="boundary"
    )
    polygons = models.JSONField(_("polygons"))
    review_number = models.CharField(_("review number of the map"), max_length=50)
    imported_at = models.DateTimeField(_("imported at"))

    class Meta:
        verbose_name = _("boundary")
        verbose_name_plural = _("boundaries")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(review_number=""), name="regions_boundary_reviewed"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region} ({self.review_number})"
