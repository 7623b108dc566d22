"""The columns of persons: schooling, health, work and insurance by age."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

from xiuhua.core.synthetic.ages import ByAge, positions
from xiuhua.core.synthetic.columns import EMPTY, Columns, Digits, digit_table
from xiuhua.core.synthetic.draws import Draws, Ints
from xiuhua.core.synthetic.families import MAX_SIZE, RELATIONS, SEXES, Families, Place
from xiuhua.core.synthetic.identity import NAMES, SURNAMES, id_numbers, name_positions
from xiuhua.core.synthetic.places import County


EDUCATIONS: Final = (
    "illiterate",
    "primary",
    "junior_secondary",
    "senior_secondary",
    "college_or_above",
)
STAGES: Final = (
    "not_in_school",
    "before_school",
    "preschool",
    "primary",
    "junior_1",
    "junior_2",
    "junior_3",
    "senior_1",
    "senior_2",
    "senior_3",
    "vocational_1",
    "vocational_2",
    "college_or_above",
    "bachelor_1",
)
FIRST_STAGE_OF_STUDY: Final = STAGES.index("preschool")
ABSENCES: Final = ("illness", "disability", "weary_of_school", "work")
HEALTH: Final = (
    "healthy",
    "chronic_illness",
    "serious_illness",
    "disabled",
    "chronic_illness,disabled",
)
SKILLS: Final = ("ordinary", "skilled", "weak", "lost", "none")
ETHNICITIES: Final = (
    "han",
    "hui",
    "miao",
    "yi",
    "tujia",
    "zhuang",
    "tibetan",
    "manchu",
)

# Working age begins a year late: judged up to a year before `as_of`, nobody under 16
# is shown as able to work unless that fault was planted.
_WORKING_AGE: Final = 17
_RETIRED: Final = 76

# "education/stage/reason for absence" in 65,536ths of those who reach an age.
_OUT: Final = {
    "primary/not_in_school/illness": 60,
    "primary/not_in_school/disability": 60,
    "primary/not_in_school/weary_of_school": 60,
    "primary/not_in_school/work": 30,
}
_STUDY: Final = ByAge(
    {
        0: {"/before_school/": 1},
        3: {"/preschool/": 7, "/before_school/": 3},
        6: {"/primary/": 49_000, "/preschool/": 1_000},
        7: {"/primary/": 65_000, **_OUT},
        12: {"/primary/": 20_000, "/junior_1/": 45_000, **_OUT},
        13: {"/junior_1/": 20_000, "/junior_2/": 45_000, **_OUT},
        14: {"/junior_2/": 20_000, "/junior_3/": 45_000, **_OUT},
        15: {
            "/junior_3/": 35_000,
            "/senior_1/": 20_000,
            "/vocational_1/": 8_000,
            "junior_secondary//": 2_000,
            **_OUT,
        },
        16: {"/senior_1/": 4, "/vocational_1/": 3, "junior_secondary//": 3},
        17: {"/senior_2/": 4, "/vocational_2/": 2, "junior_secondary//": 4},
        18: {"/senior_3/": 4, "junior_secondary//": 4, "senior_secondary//": 2},
        19: {
            "/bachelor_1/": 2,
            "/college_or_above/": 3,
            "junior_secondary//": 4,
            "senior_secondary//": 2,
        },
        23: {
            "primary//": 2,
            "junior_secondary//": 6,
            "senior_secondary//": 2,
            "college_or_above//": 2,
        },
        40: {
            "illiterate//": 1,
            "primary//": 5,
            "junior_secondary//": 6,
            "senior_secondary//": 1,
        },
        60: {"illiterate//": 5, "primary//": 6, "junior_secondary//": 2},
    }
)
_EDUCATION_OF, _STAGE_OF, _ABSENCE_OF = (
    positions([a.split("/")[part] for a in _STUDY.answers], words, EMPTY)
    for part, words in enumerate((EDUCATIONS, STAGES, ABSENCES))
)
_HEALTH: Final = ByAge(
    {
        0: dict(zip(HEALTH, (970, 10, 10, 10, 0), strict=True)),
        30: dict(zip(HEALTH, (800, 100, 40, 55, 5), strict=True)),
        50: dict(zip(HEALTH, (620, 220, 70, 75, 15), strict=True)),
        65: dict(zip(HEALTH, (430, 370, 80, 90, 30), strict=True)),
    }
)
_WORK: Final = ByAge(
    {
        0: {"none": 1},
        _WORKING_AGE: {"ordinary": 75, "skilled": 15, "weak": 7, "lost": 2, "none": 1},
        60: {"ordinary": 30, "skilled": 3, "weak": 40, "lost": 20, "none": 7},
        _RETIRED: {"weak": 5, "lost": 45, "none": 50},
    }
)
_SKILL_OF: Final = positions(_WORK.answers, SKILLS, EMPTY)
_SLOT_DIGITS: Final = digit_table(MAX_SIZE + 1, 2)[1:]
_DAYS_OF_A_YEAR: Final = 365


def person_columns(
    draws: Draws,
    county: County,
    people: Families,
    household_digits: Digits,
    *,
    ethnicity: Ints,
    minimum_living: Ints,
    uninsured_per_100k: Ints,
    as_of: date,
) -> Columns:
    """Return the columns of the members of all households of a county.

    The last three arrays say of each household its ethnic group, whether it receives
    the minimum living guarantee, and how likely a member is without insurance.
    """
    home = people.household
    birth = birth_days(draws, people.age, as_of)
    ids = household_digits[home]
    numbers = {
        "name": _names(draws, people),
        "sex": people.sex,
        "birth_date": birth,
        "relation_to_head": people.relation,
        "ethnicity": ethnicity[home],
        "minimum_living_guarantee": minimum_living[home],
        **_study_health_and_work(draws, people.age),
    }
    in_school = (numbers["school_stage"] >= FIRST_STAGE_OF_STUDY).astype(np.int64)
    numbers |= _insurance(draws, people.age, in_school, uninsured_per_100k[home])
    digits = {
        "household_id": ids,
        "person_id": np.hstack([ids, _SLOT_DIGITS[people.slot]]),
        "id_number": id_numbers(county, birth, people.sex),
    }
    return Columns(numbers, dict(PERSON_WORDS), digits)


PERSON_WORDS: Final = {
    "name": NAMES,
    "sex": SEXES,
    "relation_to_head": RELATIONS,
    "ethnicity": ETHNICITIES,
    "education": EDUCATIONS,
    "school_stage": STAGES,
    "absence_reason": ABSENCES,
    "health": HEALTH,
    "labor_skill": SKILLS,
}


def birth_days(draws: Draws, ages: Ints, as_of: date) -> Ints:
    """Return days of birth (since 1970) of people of these full years on a date."""
    birthdays = np.array([_day_of(as_of, age) for age in range(int(ages.max()) + 1)])
    return birthdays[ages] - draws.below("birthday", _DAYS_OF_A_YEAR)


def _day_of(as_of: date, years_before: int) -> int:
    """Return the day of the same date so many years before; 29 February is the 28th."""
    day = 28 if (as_of.month, as_of.day) == (2, 29) else as_of.day
    then = date(as_of.year - years_before, as_of.month, day)
    return (then - date(1970, 1, 1)).days


def _names(draws: Draws, people: Families) -> Ints:
    """Children bear the name of the head; those who married in bear their own."""
    own = draws.below("surname", len(SURNAMES))
    starts = np.flatnonzero(people.slot == 0)
    of_head = own[starts][people.household - people.household[0]]
    married_in = np.isin(people.place, (Place.SPOUSE, Place.HEIR_SPOUSE, Place.MOTHER))
    surname = np.where(married_in, own, of_head)
    return name_positions(surname, people.sex, draws.below("given", 1 << 16))


def _study_health_and_work(draws: Draws, ages: Ints) -> dict[str, Ints]:
    study = _STUDY.drawn(draws, "study", ages)
    stage = _STAGE_OF[study]
    skill = _SKILL_OF[_WORK.drawn(draws, "work", ages)]
    skill = np.where(stage >= FIRST_STAGE_OF_STUDY, SKILLS.index("none"), skill)
    works = (skill < SKILLS.index("weak")) & draws.happens("away", 60_000)
    months = np.where(works, draws.between("months", 3, 11) * 10, 0)
    return {
        "education": _EDUCATION_OF[study],
        "school_stage": stage,
        "absence_reason": _ABSENCE_OF[study],
        "health": _HEALTH.drawn(draws, "health", ages),
        "labor_skill": skill,
        "months_working_away": months,
    }


def _insurance(
    draws: Draws, ages: Ints, in_school: Ints, uninsured_per_100k: Ints
) -> dict[str, Ints]:
    grown = (ages >= _WORKING_AGE) & (in_school == 0)
    employee = grown & draws.happens("employee", 3_000)
    uninsured = draws.happens("uninsured", uninsured_per_100k)
    pension = grown & draws.happens("pension", 92_000)
    return {
        "resident_medical_insurance": (~employee & ~uninsured).astype(np.int64),
        "employee_medical_insurance": employee.astype(np.int64),
        "resident_pension_insurance": pension.astype(np.int64),
    }
