"""Who helps, and where they stand: units, helpers, kin, chains of charge, groups.

A helper may belong to a unit far above the village helped, so helpers and units are
found in the scope of their unit, and beyond it by what leads to them from a row in the
scope (`selectors.people`). Tables of what helpers do are in `models`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.models import User
from xiuhua.apps.accounts.roles import SECTORS
from xiuhua.apps.accounts.scope import ScopedManager
from xiuhua.apps.assistance.choices import GroupPost, Rank
from xiuhua.apps.regions.models import Region
from xiuhua.apps.registry.initials import INITIALS_LENGTH
from xiuhua.apps.registry.models import Household
from xiuhua.sealing.fields import BlindIndexField, SealedTextField


def region_key(label: Any, name: str) -> models.ForeignKey[Any, Any]:
    """Return a foreign key to the code of a region."""
    return models.ForeignKey(
        Region,
        verbose_name=label,
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name=name,
    )


def ends_after_start(name: str, *, empty: bool = False) -> models.CheckConstraint:
    """Return the check of a period; `empty` lets one be that never was in force."""
    compare = "ended_on__gte" if empty else "ended_on__gt"
    runs = Q(ended_on__isnull=True) | Q(**{compare: F("starts_on")})
    return models.CheckConstraint(condition=runs, name=name)


class Entered(models.Model):
    """What a form entered: its key, and the version a change must name."""

    once = models.CharField(_("key of the form"), max_length=64, unique=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        abstract = True


class Lasting(models.Model):
    """What holds from a day on, until a day if it has ended."""

    starts_on = models.DateField(_("from"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    class Meta:
        abstract = True


class UnitManager(ScopedManager["Unit"]):
    """Units whose region lies in the scope."""

    scope_field = "region_id"


class Unit(Entered):
    """A unit that helps (帮扶单位): an office, a school, a firm."""

    region = region_key(_("region"), "helping_units")
    name = models.CharField(_("name"), max_length=100)
    affiliation = models.CharField(_("belongs to"), max_length=100, blank=True)

    objects = UnitManager()
    unscoped = models.Manager["Unit"]()

    class Meta:
        verbose_name = _("unit that helps")
        verbose_name_plural = _("units that help")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "name"], name="assistance_unit_once_a_region"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="assistance_unit_named"),
        ]

    def __str__(self) -> str:
        return self.name


class HelperManager(ScopedManager["Helper"]):
    """Helpers whose unit lies in the scope."""

    scope_field = "unit__region_id"


class Helper(Entered):
    """Somebody who helps (帮扶责任人); the number is that of the national system."""

    number = models.CharField(_("number"), max_length=64, unique=True)
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="helpers"
    )
    user = models.OneToOneField(
        User,
        verbose_name=_("user"),
        on_delete=models.PROTECT,
        related_name="helper",
        null=True,
        blank=True,
    )
    name = models.CharField(_("name"), max_length=100)
    name_initials = models.CharField(
        _("initials"), max_length=INITIALS_LENGTH, blank=True, db_index=True
    )
    id_number = SealedTextField(_("ID number"))
    id_number_index = BlindIndexField(of="id_number")
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    # Empty: not known.
    rank = models.CharField(_("rank"), max_length=20, choices=Rank.choices, blank=True)
    position = models.CharField(_("position"), max_length=100, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects = HelperManager()
    # For what leads to a helper from a row in the scope.
    unscoped = models.Manager["Helper"]()

    class Meta:
        verbose_name = _("helper")
        verbose_name_plural = _("helpers")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(number=""), name="assistance_helper_named"
            ),
            models.CheckConstraint(
                condition=Q(rank__in=["", *Rank.values]),
                name="assistance_helper_rank_listed",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KinshipManager(ScopedManager["Kinship"]):
    """Kinships with households in the scope."""

    scope_field = "household__village_id"


class Kinship(Entered):
    """A helper is close kin of a household, as somebody stated it."""

    helper = models.ForeignKey(Helper, on_delete=models.PROTECT, related_name="kin")
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="kin_of_helpers"
    )
    relation = models.CharField(_("relation"), max_length=50)

    objects = KinshipManager()

    class Meta:
        verbose_name = _("kinship")
        verbose_name_plural = _("kinships")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["helper", "household"], name="assistance_kinship_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.helper_id} ~ {self.household_id}"


class ChainLinkManager(ScopedManager["ChainLink"]):
    """Links of regions in the scope."""

    scope_field = "region_id"


class ChainLink(Entered, Lasting):
    """Somebody answers for a region (包保): county, township or village."""

    region = region_key(_("region"), "chain_links")
    helper = models.ForeignKey(Helper, on_delete=models.PROTECT, related_name="links")

    objects = ChainLinkManager()

    class Meta:
        verbose_name = _("link of the chain")
        verbose_name_plural = _("links of the chain")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region"],
                condition=Q(ended_on__isnull=True),
                name="assistance_link_one_a_region",
            ),
            ends_after_start("assistance_link_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.helper_id} → {self.region_id}"


class SectorGroupManager(ScopedManager["SectorGroup"]):
    """Groups of regions in the scope."""

    scope_field = "region_id"


class SectorGroup(Entered):
    """A group that owns indicators (专班)."""

    region = region_key(_("region"), "sector_groups")
    name = models.CharField(_("name"), max_length=100)
    sector = models.CharField(
        _("sector"),
        max_length=30,
        blank=True,
        choices=[(code, label.en) for code, label in SECTORS.items()],
    )

    objects = SectorGroupManager()

    class Meta:
        verbose_name = _("sector group")
        verbose_name_plural = _("sector groups")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["region", "name"], name="assistance_group_once_a_region"
            )
        ]

    def __str__(self) -> str:
        return self.name


class GroupMemberManager(ScopedManager["GroupMember"]):
    """Members of groups in the scope."""

    scope_field = "group__region_id"


class GroupMember(Entered, Lasting):
    """Somebody's part in a sector group."""

    group = models.ForeignKey(
        SectorGroup, on_delete=models.PROTECT, related_name="members"
    )
    helper = models.ForeignKey(Helper, on_delete=models.PROTECT, related_name="groups")
    post = models.CharField(_("part"), max_length=10, choices=GroupPost.choices)

    objects = GroupMemberManager()

    class Meta:
        verbose_name = _("member of a sector group")
        verbose_name_plural = _("members of sector groups")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["group", "helper"],
                condition=Q(ended_on__isnull=True),
                name="assistance_group_member_once",
            ),
            models.CheckConstraint(
                condition=Q(post__in=GroupPost.values),
                name="assistance_group_member_post_listed",
            ),
            ends_after_start("assistance_group_member_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.helper_id} in {self.group_id}"


class GroupIndicatorManager(ScopedManager["GroupIndicator"]):
    """Indicators of groups in the scope."""

    scope_field = "group__region_id"


class GroupIndicator(models.Model):
    """An indicator of a pack that a group owns."""

    group = models.ForeignKey(
        SectorGroup, on_delete=models.CASCADE, related_name="indicators"
    )
    pack = models.CharField(_("standard"), max_length=100)
    indicator = models.CharField(_("indicator"), max_length=100)

    objects = GroupIndicatorManager()

    class Meta:
        verbose_name = _("indicator of a group")
        verbose_name_plural = _("indicators of groups")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["group", "pack", "indicator"],
                name="assistance_group_indicator_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pack}.{self.indicator}"
