"""`xiuhua explain`: one household judged step by step, or the SQL of the judgement."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from xiuhua.cli.language import LANGUAGE, say
from xiuhua.cli.options import (
    end_progress,
    parsed_params,
    registry_argument,
    show_progress,
    standard_options,
)
from xiuhua.core.compiler.assemble import assemble
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.engines.memory import Judged
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.screening.run import Screening, screen, standard_in_force
from xiuhua.core.screening.why import ReasonedHousehold, reasoned_households
from xiuhua.core.standards.binder import OVERALL
from xiuhua.core.standards.expressions import Derived, FieldRef
from xiuhua.core.standards.model import Indicator
from xiuhua.core.standards.resolver import Standard
from xiuhua.core.truth import UNKNOWN
from xiuhua.core.wording import Wording


class HouseholdMissing(XiuhuaError):
    """There is no household of that number in the registry."""

    code = "explain.household_missing"


@click.command(
    "explain",
    help=say("Judge HOUSEHOLD of REGISTRY step by step: rule, values, verdict, why."),
)
@click.argument("household")
@registry_argument
@standard_options
@click.option("--sql", is_flag=True, help=say("Show the SQL of every step instead."))
def explain(
    household: str,
    registry: Path,
    pack: str,
    village_pack: str,
    region: str,
    as_of: date,
    params: tuple[str, ...],
    packs_dir: Path | None,
    sql: bool,
) -> None:
    """Explain one household, or show the SQL."""
    given = parsed_params(params)
    if sql:
        standard = standard_in_force(
            pack,
            village_pack,
            as_of=as_of,
            region=region,
            params=given,
            packs_dir=packs_dir,
        )
        click.echo("\n\n".join(sql_steps(standard)))
        return
    with screen(
        registry,
        region=region,
        as_of=as_of,
        pack=pack,
        village_pack=village_pack,
        params=given,
        packs_dir=packs_dir,
        progress=show_progress,
    ) as county:
        end_progress()
        found = next(reasoned_households(county, household), None)
        if found is None:
            raise HouseholdMissing("there is no household {number}", number=household)
        for line in steps(county, found):
            click.echo(line)


def sql_steps(standard: Standard) -> list[str]:
    """Return the SQL of every step of a standard, as DuckDB runs it."""
    plan = assemble(standard, load_dictionary())
    return [f"-- {s.name}\n{s.query.sql('duckdb', pretty=True)};" for s in plan.steps]


def steps(county: Screening, household: ReasonedHousehold) -> list[str]:
    """Return the judgement of a household, a paragraph per indicator."""
    standard, row = county.standard, household.row
    wording = Wording(standard, load_dictionary(), LANGUAGE)
    lines = [say("Household {number}").format(number=household.household_id)]
    for derived in standard.results_of("household"):
        lines.append("  " + _fact(wording, row, derived.level, derived.name))
    reasons = {r.indicator.id: r for r in household.reasons}
    for indicator in standard.shown_at("household"):
        verdict = say(row.verdicts[indicator.id].word)
        lines += ["", f"{indicator.label.in_(LANGUAGE)}: {verdict}"]
        lines += [f"  {line}" for line in _rule(standard, indicator)]
        rows = row.below if indicator.level == "person" else (row,)
        for judged in rows:
            lines.append("  " + _values(wording, indicator, judged))
        if indicator.id in reasons:
            reason = reasons[indicator.id]
            lines += [f"  → {wording.cause(reason, cause)}" for cause in reason.causes]
    lines += ["", f"{say('overall')}: {say(row.verdicts[OVERALL].word)}"]
    return lines


def _rule(standard: Standard, indicator: Indicator) -> list[str]:
    documents = {k: d for p in standard.packs for k, d in p.documents.items()}
    lines = [say("rule: {rule}").format(rule=" ".join(indicator.source_met.split()))]
    if indicator.source_applies != "true":
        applies = " ".join(indicator.source_applies.split())
        lines.append(say("applies when: {rule}").format(rule=applies))
    for reference in indicator.references:
        cited = documents[reference.document].citation + reference.clause
        lines.append(say("source: {document}").format(document=cited))
    return lines


def _values(wording: Wording, indicator: Indicator, row: Judged) -> str:
    """Return the values a rule looks at in one row, and for a person the verdict."""
    names = {
        (node.level, node.name): None
        for rule in (indicator.applies, indicator.met)
        for node in rule.walk()
        if isinstance(node, FieldRef | Derived) and node.level == row.level
    }
    facts = [_fact(wording, row, *name) for name in names]
    joined = "；".join(facts) if LANGUAGE == "zh" else "; ".join(facts)
    if row.level != "person":
        return joined
    person = str(row.values.get("person_id", ""))
    return f"{person} {say(row.verdicts[indicator.id].word)}: {joined}"


def _fact(wording: Wording, row: Judged, level: str, name: str) -> str:
    if name in row.derived:
        value = row.derived[name]
    else:
        value = row.values.get(name, UNKNOWN)
    shown = wording.value(level, name, value)
    shown = shown + wording.unit(level, name) if shown else say("not filled in")
    text = say("{field}: {value}")
    return text.format(field=wording.label(level, name), value=shown)
