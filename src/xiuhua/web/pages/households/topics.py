"""The fields of a household and of a person, in the order people ask about them.

Income stands in statements, and village, number and status have acts of their own. A
test holds that every other field of the dictionary stands in exactly one topic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Topic:
    """Fields that are looked at and changed together."""

    key: str
    label: Any
    fields: tuple[str, ...]


def _topics(*topics: Topic) -> Mapping[str, Topic]:
    return MappingProxyType({topic.key: topic for topic in topics})


HOUSEHOLD: Final = _topics(
    Topic(
        "contact",
        _("Who and where"),
        (
            "head_name",
            "head_id_number",
            "phone",
            "natural_village",
            "village_group",
            "military_family",
            "stated_persons",
            "bank_name",
            "bank_account",
            "record_valid",
            "year",
        ),
    ),
    Topic(
        "poverty",
        _("Identification and exit"),
        (
            "identification_standard",
            "poverty_attribute",
            "main_cause",
            "other_causes",
            "planned_exit_year",
            "exit_year",
            "relapse_cause",
        ),
    ),
    Topic(
        "assurances",
        _("Food and clothing"),
        (
            "enough_food",
            "seasonal_clothing",
            "undernourished_member",
            "child_death_in_five_years",
        ),
    ),
    Topic(
        "housing",
        _("Housing"),
        (
            "housing_grade",
            "dangerous_house",
            "dwelling_area",
            "relocated_household",
            "relocation_wish",
            "relocation_mode",
            "sanitary_toilet",
            "main_fuel",
            "household_electricity",
            "household_broadcast",
            "road_to_house",
            "distance_to_main_road",
        ),
    ),
    Topic(
        "water",
        _("Drinking water"),
        (
            "water_quantity",
            "water_quality",
            "water_round_trip",
            "water_supply_rate",
            "water_difficulty",
            "stated_water_safe",
            "stated_water_solved",
        ),
    ),
    Topic(
        "livelihood",
        _("Land and livelihood"),
        (
            "arable_land",
            "irrigated_land",
            "forest_land",
            "returned_forest_land",
            "orchard_land",
            "pasture_land",
            "water_surface",
            "production_electricity",
            "industry_links",
            "cooperative_member",
            "led_by_enterprise",
            "led_by_entrepreneur",
            "small_assets",
            "car_or_truck",
        ),
    ),
    Topic("help", _("Who helps"), ("helper_name", "helper_unit")),
)

PERSON: Final = _topics(
    Topic(
        "identity",
        _("Person"),
        (
            "name",
            "id_number",
            "id_type",
            "sex",
            "birth_date",
            "relation_to_head",
            "ethnicity",
            "political_status",
            "phone",
            "person_state",
            "speaks_mandarin",
            "active_soldier",
        ),
    ),
    Topic(
        "school",
        _("School"),
        ("education", "school_stage", "absence_reason"),
    ),
    Topic(
        "health",
        _("Health and insurance"),
        (
            "health",
            "disability_kind",
            "disability_grade",
            "resident_medical_insurance",
            "employee_medical_insurance",
            "serious_illness_insurance",
            "commercial_medical_insurance",
            "medical_assistance",
            "accident_insurance_subsidy",
        ),
    ),
    Topic(
        "guarantee",
        _("Guarantees"),
        (
            "minimum_living_guarantee",
            "destitute_support",
            "resident_pension_insurance",
            "employee_pension_insurance",
            "relocated_person",
        ),
    ),
    Topic(
        "work",
        _("Work"),
        (
            "labor_skill",
            "work_area",
            "months_working_away",
            "work_province",
            "work_prefecture",
            "work_county",
            "work_township",
            "work_place",
            "work_employer",
            "work_monthly_wage",
            "work_channel",
            "work_point_to_point",
            "public_post",
            "public_post_months",
        ),
    ),
)
