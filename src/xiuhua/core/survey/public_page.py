"""The page for drawing in public: one HTML file that needs nothing else and prints.

Before the draw it shows what is fixed (hash of the frame, design) and how the number
will be formed; after it also the number and the drawn list. Household numbers only:
no name, no document number, no state of health.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from xiuhua.core.survey.drawing import Sample, gaps
from xiuhua.core.survey.frames import Frame
from xiuhua.core.survey.manifest import frame_summary, gap_as_data
from xiuhua.core.survey.plans import Plan, as_data
from xiuhua.core.survey.wording import METHODS, REASONS, group_name
from xiuhua.messages import LANGUAGES, translator


_STYLE: Final = """
:root { color-scheme: light }
body { font: 15px/1.6 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif;
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1d273b }
h1 { font-size: 1.5rem; border-top: 4px solid #b3261e; padding-top: 1rem }
h2 { font-size: 1.1rem; margin-top: 2rem } small, .en { color: #5b6579 }
.en { display: block; font-size: .85em }
code { font: .95em/1.4 Consolas, Menlo, monospace; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% }
th, td { border: 1px solid #c8cfdb; padding: .25rem .5rem; text-align: left;
  vertical-align: top }
@media print { body { margin: 0; max-width: none } h2, tr { break-inside: avoid } }
"""
_STEPS: Final = (
    "The frame is closed: its hash is read out and written down before any dice fall.",
    "Somebody not from the county throws ten dice one after another; the numbers are "
    "read out, or a number published elsewhere on an agreed day is used.",
    "The seed is the SHA-256 of the format, the hash of the frame, the hash of the "
    "design and the number, joined by vertical bars.",
    "Households are put in the order of the SHA-256 of seed, draw and household "
    "number; the first ones are drawn, the next ones are the replacements.",
    "Anybody with the same lists repeats the draw with `xiuhua sample verify` and must "
    "get the same households.",
)


def announcement(frame: Frame, plan: Plan) -> str:
    """Return the page to show before the number is formed."""
    data = {
        "frame": frame_summary(frame),
        "design": as_data(plan),
        "design_sha256": plan.sha256,
    }
    left_out = _not_covered([gap_as_data(g) for g in gaps(frame, plan)])
    return _page(data, left_out + _table_of_steps() + _blank_number())


def result_page(manifest: Mapping[str, Any], sample: Sample) -> str:
    """Return the page to show and print after the draw."""
    seed = manifest["seed"]
    body = (
        _heading("Number and seed")
        + _facts(
            (
                ("Number", seed["public_number"]),
                ("How it was formed", seed["formed"]),
                ("Seed (SHA-256)", seed["sha256"]),
            )
        )
        + _table_of_steps()
        + _not_covered([gap_as_data(g) for g in sample.gaps])
        + _drawn(sample)
    )
    return _page(manifest, body)


def _page(data: Mapping[str, Any], body: str) -> str:
    frame, design = data["frame"], data["design"]
    zh, _ = _both("Drawing the sample in public")
    facts = _facts(
        (
            ("Hash of the frame (SHA-256)", frame["sha256"]),
            ("Villages in the frame", frame["villages"]),
            ("Households in the frame", frame["households"]),
            ("Hash of the design (SHA-256)", data["design_sha256"]),
            ("Design", design["name"]),
            ("Source of the design", design["source"]),
            ("Choices the source leaves open", design["choices"]),
        )
    )
    return (
        '<!doctype html>\n<html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(zh)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{_text('Drawing the sample in public')}</h1>"
        + _heading("What is fixed before the draw")
        + facts
        + _groups(frame["by_group"])
        + _takes(design)
        + body
        + "</body></html>\n"
    )


def _both(message: str) -> tuple[str, str]:
    zh, en = (translator(language)(message) for language in LANGUAGES)
    return zh, en


def _text(message: str) -> str:
    zh, en = _both(message)
    return f'{escape(zh)} <span class="en" lang="en">{escape(en)}</span>'


def _group_text(name: str) -> str:
    zh, en = (group_name(name, language) for language in LANGUAGES)
    english = f' <span class="en" lang="en">{escape(en)}</span>' if en != zh else ""
    return escape(zh) + english


def _heading(message: str) -> str:
    return f"<h2>{_text(message)}</h2>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f"<th>{_text(cell)}</th>" for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _facts(facts: Iterable[tuple[str, Any]]) -> str:
    rows = "".join(
        f"<tr><th>{_text(name)}</th><td><code>{escape(str(value))}</code></td></tr>"
        for name, value in facts
        if value != ""
    )
    return f"<table><tbody>{rows}</tbody></table>"


def _groups(by_group: Mapping[str, int]) -> str:
    rows = [(_group_text(group), str(n)) for group, n in by_group.items()]
    return _heading("Households by group") + _table(("Group", "Households"), rows)


def _takes(design: Mapping[str, Any]) -> str:
    stage = design["villages"]
    numbers = ", ".join(f"{k} {n}" for k, n in stage["number"].items())
    rows = [
        (
            escape(take["name"]),
            "<br>".join(_group_text(g) for g in take["groups"]),
            escape(_amount(take)),
            str(take["replacements"]),
        )
        for take in design["takes"]
    ]
    return (
        _heading("How it is drawn")
        + f"<p>{_text(METHODS[stage['method']])} <code>{escape(numbers)}</code></p>"
        + _table(("Draw", "Groups", "Number", "Replacements per village"), rows)
    )


def _amount(take: Mapping[str, Any]) -> str:
    match take["rule"]:
        case "total":
            return f"Σ {take['number']}"
        case "per_village":
            return f"{take['number']} / 村 village"
        case "share":
            cap = f" ≤ {take['cap']}" if take["cap"] else ""
            return f"{take['share']:.0%} / 村 village{cap}"
    return "全部 all"


def _table_of_steps() -> str:
    items = "".join(f"<li>{_text(step)}</li>" for step in _STEPS)
    return _heading("Steps") + f"<ol>{items}</ol>"


def _blank_number() -> str:
    boxes = '<td style="height:2.5rem;width:10%"></td>' * 10
    return (
        _heading("Numbers thrown, to be written by hand")
        + f"<table><tr>{boxes}</tr></table><p>{_text('Thrown by, witnesses, time')}</p>"
    )


def _not_covered(found: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (
            _group_text(gap["group"]),
            _text(REASONS[gap["reason"]]),
            _text("unknown") if gap["households"] is None else str(gap["households"]),
        )
        for gap in found
    ]
    title = _heading("Groups that cannot be drawn: no result speaks for them")
    return title + _table(("Group", "Reason", "Households"), rows) if rows else ""


def _drawn(sample: Sample) -> str:
    villages = [
        (
            escape(v.code),
            escape(v.name),
            escape(v.stratum),
            f"{float(v.probability):.6f}",
        )
        for v in sample.villages
    ]
    head = ("Village code", "Village", "Stratum of villages", "Probability")
    return (
        _heading("Villages drawn")
        + _table(head, villages)
        + _heading("Households drawn")
        + _table(
            ("Village code", "Households", "Replacements"),
            _drawn_by_village(sample),
        )
    )


def _drawn_by_village(sample: Sample) -> list[tuple[str, ...]]:
    """List numbers by village only: the group of a household may tell of illness."""
    villages: dict[str, dict[str, list[str]]] = {}
    for h in sample.households:
        roles = villages.setdefault(h.village, {"sample": [], "replacement": []})
        roles[h.role].append(f"<code>{escape(h.id)}</code>")
    return [
        (
            escape(village),
            "<br>".join(sorted(roles["sample"])),
            "<br>".join(sorted(roles["replacement"])),
        )
        for village, roles in sorted(villages.items())
    ]
