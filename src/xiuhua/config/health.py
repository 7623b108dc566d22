"""`xiuhua health`: how the installation is, for people and for scripts."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

import click

from xiuhua.cli.language import paragraphs, say
from xiuhua.config.django_start import data_option, django_ready


@click.command(
    help=paragraphs(
        say("Say how the installation is: database, disk, queue, tick, backup, audit."),
        say("The exit code is 0 when nothing is bad, else 1."),
    )
)
@click.option("--json", "as_json", is_flag=True, help=say("Write JSON for a script."))
@data_option
def health(as_json: bool) -> None:
    """Print every finding with what to do about it."""
    django_ready()
    from xiuhua.apps.operations.health import findings  # noqa: PLC0415  after the set-up
    from xiuhua.apps.operations.rules import Level, worst  # noqa: PLC0415

    found = findings(at=datetime.now(UTC))
    level = worst([f.level for f in found])
    if as_json:
        click.echo(json.dumps({"level": level, "findings": [_plain(f) for f in found]}))
    else:
        signs = {Level.OK: "✓", Level.WARNING: "!", Level.BAD: "✗"}
        for f in found:
            hint = f"  → {say(f.hint)}" if f.hint else ""
            words = say(f.said).format(**f.values)
            words += f" ({f.when:%Y-%m-%d %H:%M %Z})" if f.when else ""
            click.echo(f"{signs[f.level]} {f.name.ljust(16)} {words}{hint}")
    sys.exit(1 if level is Level.BAD else 0)


def _plain(finding: Any) -> dict[str, Any]:
    return {
        "name": finding.name,
        "level": finding.level,
        "said": finding.said.format(**finding.values),
        "values": finding.values,
        "when": finding.when.isoformat() if finding.when else None,
    }
