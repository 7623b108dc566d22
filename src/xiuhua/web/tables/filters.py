"""What a list is narrowed by. What names a person travels by POST alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


Choices = Iterable[tuple[str, Any]]


@dataclass(frozen=True)
class Filter:
    """A narrowing of a list by one value, chosen or typed.

    `apply` takes the rows and the value and returns fewer rows; without it, whoever
    gives the rows narrows them by the values (see `table.Rows`). `choices` is called
    for every page, so it may depend on the language; without it the value is typed. A
    `private` filter (name, identity number, phone) is sent by POST and kept sealed in
    the session: it never stands in an address. `unset` is what stands for no value,
    where that is not all rows.
    """

    key: str
    label: Any
    apply: Callable[[Any, str], Any] | None = None
    choices: Callable[[], Choices] | None = None
    private: bool = False
    hint: Any = ""
    unset: Any = ""

    def accepts(self, value: str) -> bool:
        """Test whether a value is one of the choices, where there are choices."""
        return self.choices is None or any(value == v for v, _ in self.choices())


@dataclass(frozen=True)
class Field:
    """A filter as a template writes it: with its choices and its present value."""

    filter: Filter
    value: str
    choices: list[tuple[str, Any, bool]]

    @property
    def chosen(self) -> bool:
        """Test whether the value is picked from a list rather than typed."""
        return self.filter.choices is not None

    @property
    def worded(self) -> Any:
        """Return the present value in words."""
        return next((label for _, label, on in self.choices if on), self.value)


def fields_of(filters: Iterable[Filter], values: dict[str, str]) -> list[Field]:
    """Return the filters with the values a page was asked for with."""
    return [
        Field(
            one,
            values.get(one.key, ""),
            [(v, w, v == values.get(one.key)) for v, w in one.choices()]
            if one.choices
            else [],
        )
        for one in filters
    ]
