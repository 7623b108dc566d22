"""Read the frame from a registry and a list, and the design that was announced."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.intake.read import read_registry
from xiuhua.core.survey.frames import Frame, frame_from_tables
from xiuhua.core.survey.manifest import frame_summary
from xiuhua.core.survey.ordinary_list import read_list
from xiuhua.core.survey.plans import Plan, as_data, read_plan


FORMAT: Final = "xiuhua-design/1"


class DesignUnreadable(XiuhuaError):
    """A design file is of another format."""

    code = "cli.design_unreadable"


class FrameChanged(XiuhuaError):
    """The lists are not those the design was announced with."""

    code = "cli.frame_changed"


def read_frame(registry: Path, ordinary: Path | None, region: str | None) -> Frame:
    """Return the frame of a registry and, when given, a list of ordinary households.

    Raises:
        XiuhuaError: what reading either of them raises.
    """
    with tempfile.TemporaryDirectory() as folder:
        found = read_registry(registry, region=region, work_dir=Path(folder))
        household = pq.read_table(found.household)
        person, village = pq.read_table(found.person), pq.read_table(found.village)
    listed = read_list(ordinary) if ordinary else []
    return frame_from_tables(household, person, village, listed)


def write_design(path: Path, frame: Frame, plan: Plan) -> None:
    """Write a design with the hash of the frame it was made for."""
    data = {
        "format": FORMAT,
        "frame": frame_summary(frame),
        "design": as_data(plan),
        "design_sha256": plan.sha256,
    }
    text = json.dumps(data, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", "utf-8")


def read_design(path: Path, frame: Frame) -> Plan:
    """Return the plan of a design file, when its frame is the one at hand.

    Raises:
        DesignUnreadable: when the file is no design, or was altered.
        FrameChanged: when the lists differ from those announced.
        PlanUnusable: when the plan in it cannot be read.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
        announced = data["frame"]["sha256"]
        plan = read_plan(data["design"])
        recorded = data["design_sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise DesignUnreadable(
            "{file} is no design: {error}", file=path.name, error=error
        ) from error
    if data.get("format") != FORMAT or recorded != plan.sha256:
        raise DesignUnreadable(
            "{file} was altered after it was written",
            hint="make the design again and announce the new hash",
            file=path.name,
        )
    if announced != frame.sha256:
        raise FrameChanged(
            "the lists have the hash {found}, announced was {announced}",
            hint="use the announced lists, or announce a new design",
            found=frame.sha256,
            announced=announced,
        )
    return plan
