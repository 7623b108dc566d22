"""The report a county could publish, as plain data; workbook and PDF are made of it.

It holds sums alone: no household, no village, no person can be found in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple
from fractions import Fraction
from importlib.util import find_spec
from typing import Any, Final

import xiuhua
from xiuhua.core.standards.resolver import ParamInForce
from xiuhua.core.truth import UNKNOWN
from xiuhua.core.verification.files import Writer
from xiuhua.core.verification.findings import Checked, Finding, Stage
from xiuhua.core.verification.rates import MISSED, WRONG_EXIT
from xiuhua.core.verification.report_pdf import write_pdf
from xiuhua.core.verification.report_workbook import write_workbook
from xiuhua.core.verification.run import CountyCheck, Scenario
from xiuhua.core.verification.statement import Statement
from xiuhua.core.verification.summary import households_and_persons, self_check
from xiuhua.core.wording import number_text, plain_text


NO_PDF_HINT: Final = (
    "The report was written as a workbook only; `pip install 'xiuhua[documents]'` "
    "brings what the PDF needs."
)
STAGES: Final = {
    Stage.SUSPECTED: "suspected",
    Stage.EVIDENCE_GIVEN: "evidence given",
    Stage.UPHELD: "upheld",
    Stage.DISMISSED: "not upheld",
}
FINDINGS: Final = {Finding.WRONG_EXIT: "wrong exit", Finding.MISSED: "missed"}
SCENARIOS: Final = {
    "now": "as upheld",
    "suspected": "if what is suspected were upheld",
    "registry_unmet": "if what the registry judges unmet were upheld",
    "registry_unmet_or_unknown": "if unmet and unknown were upheld",
    "not_concluded": "if every household without a conclusion were upheld",
}


def has_typesetter() -> bool:
    """Test whether what the PDF needs is installed (the extra `documents`)."""
    return all(find_spec(name) for name in ("typst", "pylopdf_fonts_zh_cn"))


def report_writers() -> tuple[Writer, ...]:
    """Return the writers of the report: the workbook, and the PDF where it can be."""

    def workbook(check: CountyCheck, folder: Any, language: str) -> None:
        write_workbook(report(check, language), folder / "report.xlsx")

    def pdf(check: CountyCheck, folder: Any, language: str) -> None:
        write_pdf(report(check, language), folder / "report.pdf", day=check.as_of)

    return (workbook, pdf) if has_typesetter() else (workbook,)


def report(check: CountyCheck, language: str) -> dict[str, Any]:
    """Return the report as plain data, every text in the language."""
    words = Statement(check, language)
    return {
        "language": language,
        "title": words.title,
        "heading": words.heading,
        "subtitle": words.subtitle,
        "decision": words.decision(),
        "state": check.judgement.binding.value,
        "paragraph": words.paragraph(),
        "rates": {
            "title": words.say("Rates"),
            "columns": _rate_columns(words),
            "rows": [list(astuple(row)) for row in words.rate_rows()],
            "note": _reading_note(words),
        },
        "checked": _checked(check, words),
        "findings": _findings(check, words),
        "basis": {"title": words.say("How it was checked"), "lines": words.basis()},
        "not_covered": {
            "title": words.say("What is not covered"),
            "lines": words.not_covered() or [words.say("No group is left out.")],
        },
        "held": _held(check, words, language),
        "what_if": _what_if(check, words),
        "sources": _sources(check, words, language),
        "footer": _footer(check, words),
    }


def _rate_columns(words: Statement) -> list[str]:
    names = (
        "rate",
        "numerator",
        "denominator",
        "estimate",
        "interval",
        "how the interval was made",
        "limit",
        "by the estimate",
        "by the interval",
        "binding",
    )
    return [words.say(name) for name in names]


def _reading_note(words: Statement) -> str:
    return words.say(
        "Wrong-exit and missed rates count persons, approval counts households. An "
        "interval that holds the limit leaves the decision open: undecided. A rate "
        "without an entry under binding is shown for comparison."
    )


def _checked(check: CountyCheck, words: Statement) -> dict[str, Any]:
    told = self_check(check)
    rows = [
        [
            words.say(label),
            words.count(part["households"]),
            words.count(part["persons"]),
        ]
        for label, part in (
            ("exited households", told["exited"]),
            ("households not registered as poor", told["ordinary"]),
            ("all households checked", told),
        )
    ]
    methods = Counter(row.method for row in check.rows if row.method)
    rows += [
        [method, words.count(count), "—"] for method, count in sorted(methods.items())
    ]
    return {
        "title": words.say("What was checked"),
        "columns": [words.say(n) for n in ("kind", "households", "persons")],
        "rows": rows,
    }


def _findings(check: CountyCheck, words: Statement) -> dict[str, Any]:
    counted = [row for row in check.rows if row.counts]
    return {
        "title": words.say("Findings by stage"),
        "columns": [
            words.say("finding"),
            *(words.say(stage) for stage in STAGES.values()),
        ],
        "rows": [
            [
                words.say(label),
                *(_at(counted, finding, stage, words) for stage in STAGES),
            ]
            for finding, label in FINDINGS.items()
        ],
        "note": words.say(
            "Only what is upheld counts. Households (persons) at each stage."
        ),
    }


def _at(
    rows: Iterable[Checked], finding: Finding, stage: Stage, words: Statement
) -> str:
    found = households_and_persons(
        [r for r in rows if r.finding is finding and r.stage is stage]
    )
    return f"{words.count(found['households'])} ({words.count(found['persons'])})"


def _held(check: CountyCheck, words: Statement, language: str) -> dict[str, Any]:
    unmet = Counter(i for h in check.held for i in h.unmet)
    unknown = Counter(i for h in check.held for i in h.unknown)
    label = check.household_standard.label_of
    order = [i.id for i in check.household_standard.shown_at("household")]
    return {
        "title": words.say("The registry held against the finding"),
        "text": words.held_against(),
        "columns": [words.say(n) for n in ("indicator", "unmet", "unknown")],
        "rows": [
            [label(i).in_(language), words.count(unmet[i]), words.count(unknown[i])]
            for i in order
            if unmet[i] or unknown[i]
        ],
    }


def _what_if(check: CountyCheck, words: Statement) -> dict[str, Any]:
    names = (WRONG_EXIT, MISSED, check.judge.composite)
    now = Scenario("now", (), check.reckoned, check.judgement)
    cases = [now, *(s for s in check.scenarios if s.rows)]
    return {
        "title": words.say("What the rates would be"),
        "columns": [
            words.say(name)
            for name in (
                "case",
                "households added",
                "wrong-exit rate",
                "missed rate",
                "comprehensive incidence",
                "by the estimate",
            )
        ],
        "rows": [
            [
                words.say(SCENARIOS[case.name]),
                words.count(len(case.rows)),
                *(
                    words.share(case.reckoned.rates[name].estimate.estimate)
                    for name in names
                ),
                words.decision_word(case.judgement.by_point),
            ]
            for case in cases
        ],
    }


def _sources(check: CountyCheck, words: Statement, language: str) -> dict[str, Any]:
    standard = check.standard
    shown = [p for p in standard.params if _is_shown(p, check)]
    return {
        "title": words.say("Where limits and readings come from"),
        "columns": [words.say(n) for n in ("parameter", "value", "document", "doubt")],
        "rows": [_source(p, check, words, language) for p in shown],
    }


def _is_shown(item: ParamInForce, check: CountyCheck) -> bool:
    west = check.judge.param("area").value == "west"
    other = "incidence_limit_central" if west else "incidence_limit_west"
    return item.param.name != other


def _source(
    item: ParamInForce, check: CountyCheck, words: Statement, language: str
) -> list[str]:
    documents = check.standard.packs[0].documents
    cited, doubt = words.say("given by the user"), ""
    if item.source is not None:
        document = documents[item.source.reference.document]
        clause = item.source.reference.clause
        cited = document.citation + (f" {clause}" if clause else "")
        if item.doubtful:
            doubt = item.source.note or document.note or words.say("doubtful")
    elif not item.given:
        cited = words.say("unknown")
    return [item.param.label.in_(language), _value(item, words, language), cited, doubt]


def _value(item: ParamInForce, words: Statement, language: str) -> str:
    if item.value is UNKNOWN:
        return words.say("unknown")
    if item.param.options:
        return item.param.options[str(item.value)].in_(language)
    if not isinstance(item.value, Fraction):
        return str(item.value)
    if item.param.name == "assumed_design_effect":
        return plain_text(item.value, 1, language)
    return number_text(item.value * 100, None) + "%"


def _footer(check: CountyCheck, words: Statement) -> list[str]:
    prints = ", ".join(
        f"{p.id} {p.version} {f[:16]}"
        for s in (check.standard, check.household_standard)
        for p, f in zip(s.packs, s.fingerprint.split("+"), strict=True)
    )
    files = ", ".join(
        f"{i.name} {i.sha256[:16]}"
        for i in (*check.self_check.inputs, *check.registry_inputs)
    )
    return [
        words.say("Standards: {prints}", prints=prints),
        words.say("Files (SHA-256): {files}", files=files),
        words.say("Computed by xiuhua {version}", version=xiuhua.__version__),
    ]
