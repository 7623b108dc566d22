"""What the tallies of a region add up to: left, exited, unknown, verdicts.

Pure: counts in, counts out. Unknown is kept apart from no, so every figure that
unknown rows could change has a lower and an upper bound.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Final, NamedTuple, TypeVar

from xiuhua.apps.registry.statuses import STILL_POOR
from xiuhua.core.truth import Verdict


_Key = TypeVar("_Key")
LEFT: Final = STILL_POOR
EXITED: Final = ("exited",)
# Registered without an exit status: poor or not, nobody has said.
UNSAID: Final = ("",)
REGISTERED: Final = "registered"
# Watched so that they do not fall into poverty.
WATCHED: Final = ("included", "withheld", "included_again")


class Count(NamedTuple):
    """So many households with so many persons.

    A tuple, because a page makes thousands; adding adds the numbers.
    """

    households: int = 0
    persons: int = 0

    def __add__(self, other: Count) -> Count:  # type: ignore[override]
        return Count(self.households + other.households, self.persons + other.persons)

    def __sub__(self, other: Count) -> Count:
        return Count(self.households - other.households, self.persons - other.persons)


class Population(NamedTuple):
    """The rural registered population of a region, as far as its villages said it."""

    persons: int = 0
    villages: int = 0
    without: int = 0

    def __add__(self, other: Population) -> Population:  # type: ignore[override]
        return Population(
            self.persons + other.persons,
            self.villages + other.villages,
            self.without + other.without,
        )


NOBODY: Final = Population()


@dataclass(frozen=True)
class Rate:
    """Persons left per rural person; unknowns make it lie between two bounds.

    The upper bound is exact as it stands when `least == most`. A village that did not
    give its population makes both ends too high, never too low: `at_most` says so.
    """

    least: Fraction | None
    most: Fraction | None
    at_most: bool = False

    @property
    def known(self) -> bool:
        """Test whether it is one number."""
        return self.least is not None and self.least == self.most and not self.at_most


@dataclass(frozen=True)
class Totals:
    """A region's tallies: by axes of status, and by measure, verdict and exit status.

    `recorded` is false for a day before anything was counted there: then nothing is
    known, which is not the same as nothing being there.
    """

    standing: Mapping[tuple[str, str, str], Count] = field(default_factory=dict)
    verdicts: Mapping[tuple[str, Verdict, str], Count] = field(default_factory=dict)
    population: Population = NOBODY
    recorded: bool = True

    def _standing(self, poverty: Collection[str]) -> Count:
        households = persons = 0
        for (registration, status, _), count in self.standing.items():
            if registration == REGISTERED and status in poverty:
                households += count.households
                persons += count.persons
        return Count(households, persons)

    @cached_property
    def registered(self) -> Count:
        """Return the households on the register."""
        return self._standing((*LEFT, *EXITED, *UNSAID))

    @cached_property
    def left(self) -> Count:
        """Return the registered households that are known to be still poor."""
        return self._standing(LEFT)

    @cached_property
    def exited(self) -> Count:
        """Return the registered households that have exited."""
        return self._standing(EXITED)

    @property
    def relapsed(self) -> Count:
        """Return those of the left that are back in poverty."""
        return self._standing(("relapsed",))

    @cached_property
    def unsaid(self) -> Count:
        """Return the registered households without an exit status."""
        return self._standing(UNSAID)

    @property
    def watched(self) -> Count:
        """Return the households that are monitored, registered or not."""
        found = (c for (_, _, watch), c in self.standing.items() if watch in WATCHED)
        return sum(found, Count())

    @cached_property
    def rate(self) -> Rate:
        """Return the incidence: persons left ÷ rural registered population."""
        whole = self.population.persons
        if not whole or not self.recorded:
            return Rate(None, None)
        least, more = self.left.persons, self.unsaid.persons
        return Rate(
            Fraction(least, whole),
            Fraction(least + more, whole),
            at_most=bool(self.population.without),
        )

    def verdict(
        self, measure: str, verdict: Verdict, poverty: Iterable[str] | None = None
    ) -> Count:
        """Return the households with a verdict, of all judged or of some statuses."""
        wanted = None if poverty is None else set(poverty)
        found = (
            count
            for (name, found_verdict, status), count in self.verdicts.items()
            if name == measure
            and found_verdict is verdict
            and (wanted is None or status in wanted)
        )
        return sum(found, Count())

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            _added(self.standing, other.standing),
            _added(self.verdicts, other.verdicts),
            self.population + other.population,
            self.recorded and other.recorded,
        )


def _added(one: Mapping[_Key, Count], other: Mapping[_Key, Count]) -> dict[_Key, Count]:
    together = dict(one)
    for key, count in other.items():
        together[key] = together.get(key, Count()) + count
    return together
