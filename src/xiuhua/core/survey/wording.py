"""Names of groups, reasons and methods for people to read, in both languages."""

from __future__ import annotations

from typing import Final

from xiuhua.messages import translator


GROUP_NAMES: Final = {
    "exited": "exited households",
    "remaining": "registered poor households that have not exited",
    "minimum_living": "households with minimum living allowance",
    "disability": "households with a disabled member",
    "illness": "households with serious or chronic illness",
    "dilapidated_housing": "households in dilapidated housing",
    "no_labor": "households without labor",
    "destitute": "destitute households in public support",
    "ordinary": "other rural households, on no list",
    "registered": "registered households",
}
REASONS: Final = {
    "status_unknown": "the exit status is unknown",
    "village_not_listed": "the village is not in the list of villages",
    "on_no_list": "they stand neither in the registry nor in the list",
    "not_in_design": "the design does not draw this group",
    "none_in_frame": "the lists contain no such household",
    "village_stratum_unknown": "it is unknown whether the village is a poor village",
    "village_stratum_not_taken": "the design draws nothing in these villages",
}
METHODS: Final = {
    "all": "all villages are taken",
    "pps_systematic": "villages by size, at equal steps from a random start",
    "pps_pivotal": "villages by size, by duels in random order",
    "simple": "villages at random, all with the same chance",
}
CHECK_NAMES: Final = {
    "generator": "random number generator",
    "frame": "frame",
    "design": "design of the draw",
    "seed": "seed",
    "villages": "villages drawn",
    "households": "households drawn",
    "rows": "every cell of the sample",
    "not_covered": "groups not covered",
}


def group_name(group: str, language: str) -> str:
    """Return the name of a group or of a take; a take of its own keeps its name."""
    name = group.rsplit(".", 1)[-1]
    return translator(language)(GROUP_NAMES[name]) if name in GROUP_NAMES else group
