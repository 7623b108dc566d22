"""Which standard judges the households of a county, ready to judge.

A pack is read once per process, a standard compiled once per process, county and
values given. What a pack says must still be what was adopted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db.models import Q

from xiuhua.apps.assessments.models import Adoption
from xiuhua.apps.assessments.rules import OVERALL, StandardChanged, judged_day
from xiuhua.core.compiler.assemble import assemble
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.engines.memory import Judge
from xiuhua.core.packs import load_pack, open_packs
from xiuhua.core.reasons import Explainer
from xiuhua.core.region_codes import LENGTH_BY_LEVEL, ancestors
from xiuhua.core.standards.model import Pack
from xiuhua.core.standards.resolver import Standard, resolve


HOUSEHOLD_PACK: Final = "household_exit"
# Judges villages where none was adopted; see ADR 0010.
VILLAGE_PACK: Final = "village_exit_heilongjiang"


@dataclass(frozen=True)
class InForce:
    """A standard compiled for a county: judge, explainer, and the columns they read."""

    pack: str
    standard: Standard
    judge: Judge
    explainer: Explainer
    reads: Mapping[str, tuple[str, ...]]
    measures: tuple[str, ...]
    fingerprint: str


def own_packs_folder() -> Path:
    """Return the folder with the packs of this installation, there or not."""
    return Path(settings.DATA_DIR) / "packs"


@cache
def pack_read(pack_id: str) -> Pack:
    """Return a sound pack, those of the installation before those shipped.

    Raises:
        PackMissing: when there is none of that name.
        PackBroken: listing every fault with file and line.
    """
    own = own_packs_folder()
    return load_pack(pack_id, open_packs(own if own.is_dir() else None))


def known_packs() -> list[str]:
    """Return the names of all packs there are."""
    own = own_packs_folder()
    return open_packs(own if own.is_dir() else None).names()


def measures_of(standard: Standard) -> tuple[str, ...]:
    """Return what a household has a verdict in, in a fixed order, `overall` last."""
    return (*(i.id for i in standard.shown_at("household")), OVERALL)


def adoption_list_at(*, county: str, day: date, unit: str) -> list[Adoption]:
    """Return the adoptions in force on a day for a county, one per pack.

    The smallest region that adopted a pack decides.
    """
    found = Adoption.unscoped.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        valid_from__lte=day,
        unit=unit,
        region_id__in=ancestors(county),
    )
    nearest: dict[str, Adoption] = {}
    for adoption in sorted(found, key=lambda a: (len(a.region_id), a.pk)):
        nearest[adoption.pack] = adoption
    return [nearest[name] for name in sorted(nearest)]


def in_force(adoption: Adoption, *, county: str) -> InForce:
    """Return the standard an adoption puts in force in a county.

    Raises:
        StandardChanged: when the pack does not mean what was adopted.
    """
    given = json.dumps(adoption.parameters, sort_keys=True, ensure_ascii=False)
    code = county[: LENGTH_BY_LEVEL["county"]]
    return compiled(adoption.pack, adoption.fingerprint, adoption.as_of, code, given)


@lru_cache(maxsize=128)
def compiled(
    pack_id: str, fingerprint: str, as_of: date, county: str, given: str
) -> InForce:
    """Return a standard compiled; `given` are the values given, as JSON.

    Raises:
        StandardChanged: when the pack has not the fingerprint.
    """
    standard = standard_of(pack_id, as_of, county, json.loads(given))
    if standard.fingerprint != fingerprint:
        raise StandardChanged(
            "the pack {pack} is not what was adopted ({adopted}, now {found})",
            pack=pack_id,
            adopted=fingerprint,
            found=standard.fingerprint,
        )
    plan = assemble(standard, load_dictionary())
    return InForce(
        pack=pack_id,
        standard=standard,
        judge=Judge(standard),
        explainer=Explainer(standard),
        reads=plan.reads,
        measures=measures_of(standard),
        fingerprint=fingerprint_with(fingerprint, json.loads(given)),
    )


def standard_of(
    pack_id: str, as_of: date, region: str, given: Mapping[str, Any]
) -> Standard:
    """Return a pack as resolved for a region on a day it is in force.

    Raises:
        ParamRefused: when a given parameter is unknown or has no such value.
        OutOfForce: when the pack is not in force yet.
    """
    pack = pack_read(pack_id)
    day = judged_day(as_of, pack.in_force.end)
    return resolve(pack, as_of=day, region=region, given=given)


def fingerprint_with(fingerprint: str, given: Mapping[str, Any]) -> str:
    """Return the fingerprint of a pack together with the values given.

    >>> fingerprint_with("abc", {})
    'abc'
    """
    if not given:
        return fingerprint
    text = json.dumps(given, sort_keys=True, ensure_ascii=False)
    return f"{fingerprint}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def household_pack_of(region: str, day: date) -> str:
    """Return the standard that judges the households of a region first.

    The one people mean when several are adopted, or none, is the exit from poverty.
    """
    names = [a.pack for a in adoption_list_at(county=region, day=day, unit="household")]
    return names[0] if names and HOUSEHOLD_PACK not in names else HOUSEHOLD_PACK


def village_pack_of(region: str, day: date) -> str:
    """Return the standard that judges the villages of a region: adopted, or usual."""
    found = adoption_list_at(county=region, day=day, unit="village")
    return found[0].pack if found else VILLAGE_PACK
