"""A small made-up county to draw from; region prefix 99 is not assigned."""

from __future__ import annotations

from xiuhua.core.survey.frames import (
    Frame,
    FrameVillage,
    Group,
    OrdinaryHousehold,
    build_frame,
)
from xiuhua.core.truth import UNKNOWN, Unknown


VILLAGES = [f"990101{100 + v // 4}{200 + v % 4}" for v in range(12)]
Registered = tuple[str, str, str | Unknown, int | Unknown]


def registered() -> list[Registered]:
    return [
        (
            f"{village}{i:05}",
            village,
            "exited" if i % 5 else "not_exited",
            1 + i % 4,
        )
        for v, village in enumerate(VILLAGES)
        for i in range(4 + 3 * v)
    ]


def ordinary() -> list[OrdinaryHousehold]:
    groups = [{Group.ILLNESS}, {Group.DISABILITY}, set[Group]()]
    return [
        OrdinaryHousehold(village, f"户主{i}", 3, frozenset(groups[i % 3]))
        for v, village in enumerate(VILLAGES)
        for i in range(3 + v % 5)
    ]


def villages() -> list[FrameVillage]:
    return [
        FrameVillage(code, f"{v}村", v % 2 == 0, 60) for v, code in enumerate(VILLAGES)
    ]


def small_frame() -> Frame:
    return build_frame(registered(), ordinary(), villages())


def unknown_village(code: str) -> FrameVillage:
    return FrameVillage(code, "", UNKNOWN)
