"""The sheet of problems: a list of any source, taken onto the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.ledger.acts.bulk import Entered, problems_entered, problems_withdrawn
from xiuhua.apps.ledger.acts.comparing import problems_compared
from xiuhua.apps.ledger.codes import Duty, Kind, Precision, Source
from xiuhua.apps.ledger.indicator_words import indicator_words
from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.ledger.rules import Found
from xiuhua.apps.ledger.selectors import ProblemFilter, problem_list
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.sheets.choices import words_of, words_to_codes
from xiuhua.apps.sheets.finding import parts
from xiuhua.apps.sheets.heads import Form, Head
from xiuhua.apps.sheets.kinds import Kind as SheetKind
from xiuhua.apps.sheets.kinds import Row, Sending, Taken


@cache
def _sources() -> Mapping[str, str]:
    return words_to_codes(Source.choices)


@cache
def _kinds() -> Mapping[str, str]:
    return words_to_codes(Kind.choices)


@cache
def _duties() -> Mapping[str, str]:
    return words_to_codes(Duty.choices)


@cache
def _precisions() -> Mapping[str, str]:
    return words_to_codes(Precision.choices)


HEADS: Final = (
    Head(
        "number",
        "问题编号",
        "number in the list",
        Form.CODE,
        synonyms=("序号", "编号", "问题序号"),
        shown=True,
    ),
    Head(
        "document",
        "清单名称或文号",
        "list or document",
        synonyms=("文号", "清单名称", "反馈文件"),
        most=100,
    ),
    Head(
        "source",
        "问题来源",
        "source",
        Form.CHOICE,
        must=True,
        usual=True,
        choices=_sources,
        synonyms=("来源", "发现渠道"),
        shown=True,
    ),
    Head(
        "found_on",
        "发现时间",
        "found on",
        Form.DAY,
        must=True,
        usual=True,
        synonyms=("反馈时间", "发现日期"),
    ),
    Head(
        "place",
        "所在乡镇或村",
        "place",
        synonyms=("乡镇", "村", "涉及地方", "涉及村", "责任乡镇"),
        shown=True,
    ),
    Head(
        "households",
        "涉及户编号",
        "households",
        synonyms=("户编号", "household number"),
        most=2000,
    ),
    Head(
        "kind",
        "问题类别",
        "class",
        Form.CHOICE,
        must=True,
        usual=True,
        choices=_kinds,
        synonyms=("问题类型", "类别"),
        shown=True,
    ),
    Head("duty", "三落实", "three duties", Form.CHOICE, choices=_duties),
    Head("precision", "三精准", "three precisions", Form.CHOICE, choices=_precisions),
    Head("indicator", "指标", "indicator", synonyms=("涉及指标", "对应指标")),
    Head(
        "description",
        "问题描述",
        "description",
        needed=True,
        must=True,
        synonyms=("问题", "具体问题", "存在问题", "问题表现", "反馈问题"),
        most=2000,
        shown=True,
    ),
    Head(
        "leader",
        "责任领导",
        "responsible leader",
        synonyms=("牵头领导",),
        most=100,
    ),
    Head(
        "unit",
        "责任单位",
        "responsible unit",
        synonyms=("整改单位", "整改责任单位"),
        most=100,
    ),
    Head(
        "owner",
        "责任人",
        "owner",
        synonyms=("整改责任人",),
        most=100,
    ),
    Head(
        "deadline",
        "整改时限",
        "deadline",
        Form.DAY,
        synonyms=("完成时限", "整改期限"),
    ),
    Head("immediate", "立行立改", "mended at once", Form.FLAG),
    Head("common", "共性问题", "common problem", Form.FLAG),
    Head("policy", "政策层面问题", "of policy itself", Form.FLAG),
)


def _apply(rows: Sequence[Row], sending: Sending) -> list[int]:
    keys = {row.plan["owner"] for row in rows if row.plan["owner"]}
    owners = Post.objects.select_related("user").in_bulk(keys)
    entered = [
        Entered(
            _found(row),
            once=f"problems/{sending.key}/{place}",
            leader=row["leader"] or "",
            unit=row["unit"] or "",
            deadline=row["deadline"],
            owner=owners.get(row.plan["owner"]),
        )
        for place, row in enumerate(rows)
    ]
    return [p.pk for p in problems_entered(entered, by=sending.by, at=sending.at)]


def _found(row: Row) -> Found:
    return Found(
        region=row.plan["region"],
        source=row["source"],
        kind=row["kind"],
        description=row["description"],
        found_on=row["found_on"],
        households=frozenset(row.plan["households"]),
        duty=row["duty"] or "",
        precision=row["precision"] or "",
        indicator=row.plan["indicator"],
        reference=row.plan["reference"],
        is_common=bool(row["common"]),
        is_policy_level=bool(row["policy"]),
        is_immediate=bool(row["immediate"]),
    )


def _undo(taken: Sequence[Taken], sending: Sending) -> None:
    """Withdraw the problems of a sheet.

    Raises:
        ProblemUnfit: when one of them has gone on since.
    """
    problems: list[Problem] = []
    for part in parts(one.made for one in taken):
        rows = Problem.objects.select_for_update().filter(pk__in=part)
        problems += rows.order_by("pk")
    problems_withdrawn(problems, reason=sending.source, by=sending.by, at=sending.at)


def _filled(viewer: Post, day: date) -> Iterator[tuple[Any, ...]]:
    """Yield the open problems of the post's region as a list has them."""
    found = problem_list(viewer=viewer, filters=ProblemFilter(state="open"))
    found = found.prefetch_related("households")
    names = regions.names_of(
        codes=found.order_by().values_list("region_id", flat=True).distinct(),
        as_of=day,
    )
    indicators = indicator_words(by=viewer, on=day)
    heads = {head.key: head for head in HEADS}
    words = {
        key: words_of(heads[key], "zh")
        for key in ("source", "kind", "duty", "precision")
    }
    for problem in found.iterator(500):
        owner = problem.owner
        yield (
            problem.source_reference or problem.number,
            None,
            words["source"][problem.source],
            problem.found_on.isoformat(),
            names[problem.region_id],
            "、".join(home.number for home in problem.households.all()),
            words["kind"][problem.kind],
            words["duty"].get(problem.duty),
            words["precision"].get(problem.precision),
            indicators.get(problem.indicator, problem.indicator),
            problem.description,
            problem.leader,
            problem.unit,
            owner.user.full_name if owner else None,
            problem.deadline.isoformat() if problem.deadline else None,
            *(
                "是" if flag else None
                for flag in (
                    problem.is_immediate,
                    problem.is_common,
                    problem.is_policy_level,
                )
            ),
        )


KIND: Final = SheetKind(
    "problems",
    _("Sheet of problems"),
    Permission.PROBLEM_REGISTER,
    HEADS,
    problems_compared,
    _apply,
    _undo,
    _filled,
)
