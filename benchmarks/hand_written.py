"""What the standards written by hand share: thresholds, code lists and columns.

The western thresholds of 2019 in a water-rich area, at one date.
"""

from __future__ import annotations

from datetime import date


AS_OF = date(2019, 12, 31)
LINE_FEN = 321_800
LITRES = 35_00
MINUTES = 20_0
SUPPLY = 90_00
INCIDENCE_PERCENT = 3
# Born after the first: under 6; after the second: under 7; after the third: under 16.
UNDER_6 = date(AS_OF.year - 6, AS_OF.month, AS_OF.day)
UNDER_7 = date(AS_OF.year - 7, AS_OF.month, AS_OF.day)
UNDER_16 = date(AS_OF.year - 16, AS_OF.month, AS_OF.day)
STUDY = (
    *("primary", "junior_1", "junior_2", "junior_3", "senior_1", "senior_2"),
    *("senior_3", "vocational_1", "vocational_2", "vocational_3"),
    *("higher_vocational_1", "higher_vocational_2", "higher_vocational_3"),
    *("technician_1", "technician_2", "technician_3", "technician_4"),
    *("bachelor_1", "bachelor_2", "bachelor_3", "bachelor_4", "bachelor_5"),
    *("college_or_above", "graduate"),
)
SCHOOLED = (
    *("junior_secondary", "senior_secondary", "college_or_above", "college"),
    "bachelor_or_above",
)
EXCUSED = ("illness", "disability")
EARLY = ("preschool", "before_school")
INDICATORS = (
    *("income", "food", "clothing", "compulsory_education", "basic_medical"),
    *("safe_housing", "safe_water"),
)
SERVICES = ("hard_road", "broadband", "broadcast", "clinic", "doctor", "culture_place")
WORDS = ("unmet", "unknown", "met", "not_applicable")
REGION_COUNTS = (
    *("households", "persons", "exited_households", "exited_persons"),
    *("remaining_households", "remaining_persons"),
)
