"""The manifest of a draw: what was fixed beforehand, the seed, and the result.

It holds no name of a person. With the same lists anybody can draw again from it and
must get the same households.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import xiuhua
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.survey.drawing import Sample, draw
from xiuhua.core.survey.frames import Frame, Gap
from xiuhua.core.survey.household_stage import DrawnHousehold
from xiuhua.core.survey.plans import Plan, as_data, read_plan
from xiuhua.core.survey.random_numbers import GENERATOR, digest
from xiuhua.core.truth import UNKNOWN


FORMAT: Final = "xiuhua-sample/1"


class ManifestUnreadable(XiuhuaError):
    """A manifest is of another format or lacks a part."""

    code = "survey.manifest_unreadable"


class SeedUnusable(XiuhuaError):
    """A seed is empty or contains the separator."""

    code = "survey.seed_unusable"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing compared when a draw is verified."""

    name: str
    recorded: str
    found: str

    @property
    def agrees(self) -> bool:
        """Whether what was recorded and what was found are the same."""
        return self.recorded == self.found


def sampling_seed(frame: Frame, plan: Plan, public_number: str) -> str:
    """Return the seed of a draw: the hash of frame, plan and the public number.

    Frame and plan are bound in, so a number thrown for one list is of no use for
    another.

    Raises:
        SeedUnusable: when the public number is empty or contains `|`.
    """
    if not public_number.strip() or "|" in public_number:
        raise SeedUnusable(
            "the seed is empty or contains '|'",
            hint="give the number that was thrown or published, as it was read out",
        )
    return digest(FORMAT, frame.sha256, plan.sha256, public_number)


def make_manifest(
    frame: Frame, plan: Plan, *, public_number: str, formed: str
) -> tuple[Sample, dict[str, Any]]:
    """Draw, and return the sample with its manifest.

    `formed` says how the public number came about ("ten dice thrown in the county
    hall"). Nothing in a manifest depends on the clock.

    Raises:
        SeedUnusable: see `sampling_seed`.
    """
    seed = sampling_seed(frame, plan, public_number)
    sample = draw(frame, plan, seed=seed)
    return sample, {
        "format": FORMAT,
        "versions": {"xiuhua": xiuhua.__version__, "generator": GENERATOR},
        "frame": frame_summary(frame),
        "design": as_data(plan),
        "design_sha256": plan.sha256,
        "seed": {"public_number": public_number, "formed": formed, "sha256": seed},
        "drawn": drawn_summary(sample),
        "not_covered": [gap_as_data(g) for g in sample.gaps],
        "shortfalls": {k: list(v) for k, v in sample.shortfalls.items()},
    }


def frame_summary(frame: Frame) -> dict[str, Any]:
    """Return the hash and the counts of a frame."""
    return {
        "sha256": frame.sha256,
        "villages": len(frame.villages),
        "households": len(frame.households),
        "by_group": frame.counts(),
    }


def drawn_summary(sample: Sample) -> dict[str, Any]:
    """Return what was drawn, with the hash of the whole table of the sample."""
    rows = [household_row(h) for h in sample.households]
    text = json.dumps(rows, sort_keys=True, separators=(",", ":"))
    return {
        "villages": [v.code for v in sample.villages],
        "households": len([h for h in sample.households if h.role == "sample"]),
        "replacements": len([h for h in sample.households if h.role != "sample"]),
        "ids": [h.id for h in sample.households],
        "rows_sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def household_row(household: DrawnHousehold) -> dict[str, Any]:
    """Return a drawn household as one flat row for a file.

    Probabilities stand as exact fractions and weights as decimals; a replacement has
    the weight of the household it stands in for.
    """
    h = household
    return {
        "household_id": h.id,
        "village_code": h.village,
        "village_stratum": h.stratum,
        "take": h.take,
        "group": h.group,
        "role": h.role,
        "order": h.order,
        "persons": "" if h.persons is UNKNOWN else h.persons,
        "village_probability": str(h.village_probability),
        "cell_households": h.cell_households,
        "cell_drawn": h.cell_drawn,
        "probability": str(h.probability),
        "weight": f"{float(h.weight):.12g}",
    }


def gap_as_data(gap: Gap) -> dict[str, Any]:
    """Return a gap as plain data; an unknown number of households is null."""
    return {
        "group": gap.group,
        "reason": gap.reason,
        "households": None if gap.households is UNKNOWN else gap.households,
        "where": list(gap.where),
    }


def verify(manifest: Mapping[str, Any], frame: Frame) -> list[Check]:
    """Draw again from a manifest on the frame given, and compare every part.

    Raises:
        ManifestUnreadable: when the manifest is not one of this format.
        PlanUnusable: when the design in it cannot be read.
    """
    if manifest.get("format") != FORMAT:
        raise ManifestUnreadable(
            "this is no manifest of the format {form}", form=FORMAT
        )
    try:
        plan = read_plan(manifest["design"])
        seed = manifest["seed"]
        recorded = manifest["drawn"]
        sample, again = make_manifest(
            frame, plan, public_number=seed["public_number"], formed=seed["formed"]
        )
        pairs = {
            "generator": (manifest["versions"]["generator"], GENERATOR),
            "frame": (manifest["frame"]["sha256"], frame.sha256),
            "design": (manifest["design_sha256"], plan.sha256),
            "seed": (seed["sha256"], again["seed"]["sha256"]),
            "villages": (recorded["villages"], [v.code for v in sample.villages]),
            "households": (recorded["ids"], again["drawn"]["ids"]),
            "rows": (recorded["rows_sha256"], again["drawn"]["rows_sha256"]),
            "not_covered": (manifest["not_covered"], again["not_covered"]),
        }
    except KeyError as error:
        raise ManifestUnreadable("the manifest lacks {part}", part=error) from error
    return [Check(name, _text(a), _text(b)) for name, (a, b) in pairs.items()]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
