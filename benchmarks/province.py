"""The places of a benchmark's province, who works there, what is adopted there."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa

from xiuhua.apps.accounts.models import Post, User
from xiuhua.apps.assessments.services import adoptions
from xiuhua.apps.regions.models import Level, Region, RegionName, RegionYear
from xiuhua.apps.registry.facts import fact_names
from xiuhua.apps.registry.models import VillageFacts
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.region_codes import ancestors, level_of
from xiuhua.demo.rows import plain_rows


PACK = "household_exit"
PARAMETERS = {"water_area": "short"}


def places_written(county: str, village: pa.Table, *, year: int, at: datetime) -> None:
    """Enter a county with all in it and around it, as always having been."""
    rows = plain_rows(village, load_dictionary().level("village"))
    names = {code: code for row in rows for code in ancestors(row["village_code"])}
    names |= {row["village_code"][:9]: row["township_name"] for row in rows}
    names |= {row["village_code"]: row["village_name"] for row in rows}
    known = set(Region.objects.values_list("code", flat=True))
    regions = []
    for code in sorted(names.keys() - known, key=lambda c: (len(c), c)):
        around = ancestors(code)[:-1]
        regions.append(
            Region(
                code=code,
                level=Level(level_of(code)),
                parent_id=around[-1] if around else None,
            )
        )
    made = Region.objects.bulk_create(regions)
    RegionName.objects.bulk_create(
        RegionName(region=region, name=names[region.code]) for region in made
    )
    by_code = {region.code: region for region in made}
    RegionYear.objects.bulk_create(
        RegionYear(
            region=by_code[row["village_code"]],
            year=year,
            poor_village=row["poor_village"],
            document="made up",
        )
        for row in rows
    )
    facts = set(fact_names("village"))
    VillageFacts.unscoped.bulk_create(
        VillageFacts(
            village_id=row["village_code"],
            year=year,
            changed_at=at,
            **{name: value for name, value in row.items() if name in facts},
        )
        for row in rows
    )


def posts_made(county: str, *, as_of: date, at: datetime) -> Post:
    """Return the county office's post; the standard of households is adopted by it."""
    user = User(username=f"office{county}", full_name=county, registered_at=at)
    user.set_unusable_password()
    user.save()
    office = Post.unscoped.create(
        user=user, role="county_office", region_id=county, valid_from=as_of
    )
    adoptions.pack_adopt(
        region=county,
        pack=PACK,
        document="made up for a benchmark",
        as_of=as_of,
        valid_from=as_of,
        by=office,
        at=at,
        parameters=PARAMETERS,
    )
    return office
