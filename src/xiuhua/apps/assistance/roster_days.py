"""Days of a month as people write them: numbers and spans."""

from __future__ import annotations

from typing import Final


# Days of a month have two digits at most.
_TWO: Final = 2


def days_said(text: str) -> list[int] | None:
    """Return the days a text names, None when it names something else.

    >>> days_said("3-5, 12"), days_said(""), days_said("soon")
    ([3, 4, 5, 12], [], None)
    """
    days: set[int] = set()
    for mark in "，、；;":
        text = text.replace(mark, ",")
    for part in filter(None, (p.strip() for p in text.split(","))):
        first, dash, last = part.partition("-")
        ends = (first.strip(), last.strip() if dash else first.strip())
        if not all(e.isascii() and e.isdigit() and len(e) <= _TWO for e in ends):
            return None
        days |= set(range(int(ends[0]), int(ends[1]) + 1))
    return sorted(days)


def spans_said(days: list[int]) -> str:
    """Return days as numbers and spans.

    >>> spans_said([3, 4, 5, 12])
    '3-5, 12'
    """
    spans: list[list[int]] = []
    for day in sorted(days):
        if spans and spans[-1][-1] == day - 1:
            spans[-1].append(day)
        else:
            spans.append([day])
    return ", ".join(f"{s[0]}-{s[-1]}" if len(s) > 1 else str(s[0]) for s in spans)
