"""`xiuhua packs list | show | check | diff`: the standards themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from xiuhua.cli.language import LANGUAGE, lang_option, say
from xiuhua.cli.options import DayType, packs_dir_option
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.packs import load_pack, open_packs, run_cases
from xiuhua.core.standards.checker import check_pack, stale_params
from xiuhua.core.standards.fingerprint import fingerprint
from xiuhua.core.standards.model import Pack, Param, ParamValue, Status
from xiuhua.core.standards.reader import PackBroken, PackReader
from xiuhua.core.wording import plain_text


@click.group("packs", help=say("List, show, check and compare standards."))
def packs() -> None:
    """Hold the commands on packs together."""


@packs.command("list", help=say("List all packs."))
@packs_dir_option
@lang_option
def list_packs(packs_dir: Path | None) -> None:
    """List all packs."""
    reader = open_packs(packs_dir)
    for name in reader.names():
        pack, _ = reader.read(name)
        draft = say(" (draft)") if pack.draft else ""
        click.echo(f"{name} {pack.version}{draft}  {pack.title.in_(LANGUAGE)}")


@packs.command("show", help=say("Show a pack: parameters, rules, sources, doubts."))
@click.argument("pack_id", metavar="PACK")
@packs_dir_option
@lang_option
def show(pack_id: str, packs_dir: Path | None) -> None:
    """Show a pack."""
    pack = load_pack(pack_id, open_packs(packs_dir))
    click.echo_via_pager("\n".join(_shown(pack)) + "\n")


@packs.command("check", help=say("Check packs: rules, dates, sources and every case."))
@click.argument("pack_ids", metavar="[PACK]...", nargs=-1)
@packs_dir_option
@click.option(
    "--on", type=DayType(), help=say("Warn of values not checked for a year.")
)
@lang_option
def check(pack_ids: tuple[str, ...], packs_dir: Path | None, on: date | None) -> None:
    """Check packs; the command fails when one has faults."""
    reader = open_packs(packs_dir)
    broken = 0
    for name in pack_ids or reader.names():
        broken += _check_one(name, reader, on or datetime.now(tz=UTC).date())
    if broken:
        raise click.exceptions.Exit(1)


@packs.command("diff", help=say("Show what differs in meaning between two packs."))
@click.argument("first")
@click.argument("second")
@packs_dir_option
@lang_option
def diff(first: str, second: str, packs_dir: Path | None) -> None:
    """Compare two packs; the arguments are ids or folders."""
    one, two = (_pack_or_folder(name, packs_dir) for name in (first, second))
    if fingerprint(one) == fingerprint(two):
        click.echo(say("The two mean the same: {print}").format(print=fingerprint(one)))
        return
    for line in _differences(one, two):
        click.echo(line)


def _check_one(name: str, reader: PackReader, on: date) -> bool:
    try:
        pack, faults = reader.read(name)
    except PackBroken as error:
        pack, faults = None, error.faults
    if pack is not None:
        faults = [*faults, *check_pack(pack, load_dictionary())]
        faults = faults or run_cases(pack)
        for warning in stale_params(pack, on=on):
            click.echo(say("warning: {text}").format(text=warning))
    for fault in faults:
        click.echo(str(fault))
    if pack is not None and not faults:
        sound = say("{name} {version} is sound: {cases} cases, fingerprint {print}")
        click.echo(
            sound.format(
                name=name,
                version=pack.version,
                cases=len(pack.cases),
                print=fingerprint(pack),
            )
        )
    return bool(faults)


def _pack_or_folder(name: str, packs_dir: Path | None) -> Pack:
    folder = Path(name)
    if (folder / "pack.toml").is_file():
        return load_pack(folder.resolve().name, open_packs(folder.resolve().parent))
    return load_pack(name, open_packs(packs_dir))


def _shown(pack: Pack) -> Iterator[str]:
    yield f"{pack.id} {pack.version}  {pack.title.in_(LANGUAGE)}"
    yield pack.summary.in_(LANGUAGE)
    period = f"{pack.in_force.start or ''} – {pack.in_force.end or ''}"
    yield say("in force: {period}; fingerprint {print}").format(
        period=period, print=fingerprint(pack)
    )
    yield ""
    yield say("Parameters")
    for param in pack.params.values():
        yield from _shown_param(param, pack)
    yield ""
    yield say("Indicators")
    for indicator in pack.indicators:
        yield f"  {indicator.id}  {indicator.label.in_(LANGUAGE)} ({indicator.level})"
        if indicator.source_applies != "true":
            text = say("applies when: {rule}")
            yield "    " + text.format(rule=" ".join(indicator.source_applies.split()))
        met = " ".join(indicator.source_met.split())
        yield "    " + say("rule: {rule}").format(rule=met)
        for reference in indicator.references:
            cited = pack.documents[reference.document].citation + reference.clause
            yield "    " + say("source: {document}").format(document=cited)


def _shown_param(param: Param, pack: Pack) -> Iterator[str]:
    yield f"  {param.name}  {param.label.in_(LANGUAGE)}"
    for value in param.values:
        document = pack.documents[value.reference.document]
        doubtful = Status.DOUBTFUL in (value.status, document.status)
        mark = say(" [doubtful]") if doubtful else ""
        yield f"    {_value_line(value, param)}{mark} {document.citation}{value.note}"
    for gap in param.gaps:
        period = f"{gap.period.start} – {gap.period.end}"
        reason = gap.reason.in_(LANGUAGE)
        text = say("{period}: no value known ({reason})")
        yield "    " + text.format(period=period, reason=reason)
    for candidate in param.candidates:
        text = say("not in force: {value} {note}")
        line = _value_line(candidate, param)
        yield "    " + text.format(value=line, note=candidate.note)


def _value_line(value: ParamValue, param: Param) -> str:
    region = f"[{value.region}] " if value.region else ""
    return (
        f"{region}{value.period.start} – {value.period.end}: "
        f"{_plain(value.value)} {param.unit}".rstrip()
    )


def _plain(value: Any) -> str:
    if isinstance(value, Fraction):
        return plain_text(value, None, LANGUAGE)
    return str(value)


def _differences(one: Pack, two: Pack) -> Iterator[str]:
    yield from _compare(
        {i.id: (i.source_applies, i.source_met) for i in one.indicators},
        {i.id: (i.source_applies, i.source_met) for i in two.indicators},
        say("indicator"),
    )
    yield from _compare(
        {
            p.name: tuple(_value_line(v, p) for v in p.values)
            for p in one.params.values()
        },
        {
            p.name: tuple(_value_line(v, p) for v in p.values)
            for p in two.params.values()
        },
        say("parameter"),
    )


def _compare(
    one: dict[str, tuple[str, ...]], two: dict[str, tuple[str, ...]], what: str
) -> Iterator[str]:
    for name in sorted(one.keys() | two.keys()):
        before, after = one.get(name, ()), two.get(name, ())
        if before != after:
            yield f"{what} {name}"
            yield from (f"  - {' '.join(t.split())}" for t in before if t not in after)
            yield from (f"  + {' '.join(t.split())}" for t in after if t not in before)
