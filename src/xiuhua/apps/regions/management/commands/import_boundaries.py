"""`manage.py import_boundaries FILE.geojson --code-field NAME --review-no NUMBER`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.regions import services as regions
from xiuhua.apps.regions.geometry import simplified
from xiuhua.apps.regions.outlines import read_outlines
from xiuhua.core.errors import XiuhuaError


class Command(BaseCommand):
    """Store simplified boundaries with the review number of their map."""

    help = "Store boundaries from GeoJSON, keyed by division code; all or none."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare FILE, `--code-field`, `--review-no` and `--tolerance`."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--code-field", required=True, help="property of the code")
        parser.add_argument(
            "--review-no",
            required=True,
            help="review number printed on the map (审图号)",
        )
        parser.add_argument(
            "--tolerance",
            type=float,
            default=0.001,
            help="farthest a border may move, in degrees (0.001 is about 100 m)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, simplify, store."""
        if not options["review_no"].strip() or options["tolerance"] < 0:
            raise CommandError(
                "a map needs a review number and a tolerance of 0 or more"
            )
        try:
            raw = read_outlines(options["file"], code_field=options["code_field"])
            thin = simplified(raw, tolerance=options["tolerance"])
            regions.boundaries_store(
                outlines=thin,
                review_number=options["review_no"].strip(),
                by=Actor.command("import_boundaries"),
                at=timezone.now(),
            )
        except XiuhuaError as error:
            raise CommandError(str(error)) from error
        before, after = _points(raw), _points(thin)
        self.stdout.write(f"{len(thin)} boundaries stored, {before} → {after} points")


def _points(outlines: dict[str, Any]) -> int:
    return sum(len(r) for polygons in outlines.values() for p in polygons for r in p)
