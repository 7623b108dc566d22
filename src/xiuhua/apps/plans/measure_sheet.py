"""The sheet of measures: what is planned for many households, sent in as a list.

They become proposals, to be agreed on with each family as any other.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.attachments.models import EvidenceKind
from xiuhua.apps.plans.acts.comparing import key_of, measures_compared
from xiuhua.apps.plans.acts.taking import Taken as TakenMeasures
from xiuhua.apps.plans.models import Measure
from xiuhua.apps.plans.rules import TO_DELIVER
from xiuhua.apps.plans.selectors.measures import measure_list
from xiuhua.apps.plans.services.batches import measures_give_up, measures_take
from xiuhua.apps.registry.models import Household, Person
from xiuhua.apps.sheets.choices import words_of, words_to_codes
from xiuhua.apps.sheets.finding import parts
from xiuhua.apps.sheets.heads import Form, Head
from xiuhua.apps.sheets.kinds import Kind, Row, Sending, Taken
from xiuhua.core.dictionary.model import Mask
from xiuhua.core.dictionary.reader import load_dictionary


@cache
def _classes() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code in load_dictionary().code_lists["measure_class"].codes:
        for word in (code.label.zh, code.label.en, *code.synonyms, code.code):
            found.setdefault(word, code.code)
    return found


@cache
def _evidence() -> Mapping[str, str]:
    short = {"照片": "photo", "材料": "paper", "农户签字": "family"}
    return {**short, **words_to_codes(EvidenceKind.choices)}


HEADS: Final = (
    Head(
        "household",
        "户编号",
        "household number",
        Form.CODE,
        needed=True,
        must=True,
        synonyms=("户号", "家庭编号"),
        shown=True,
    ),
    Head("head", "户主姓名", "head of household", mask=Mask.PERSONAL),
    Head("year", "计划年度", "year", Form.WHOLE, synonyms=("年度", "年份")),
    Head(
        "kind",
        "措施类别",
        "class",
        Form.CHOICE,
        needed=True,
        must=True,
        choices=_classes,
        synonyms=("帮扶措施类别", "类别"),
        shown=True,
    ),
    Head(
        "what",
        "帮扶措施",
        "what will be done",
        needed=True,
        must=True,
        synonyms=("措施", "措施内容", "具体措施"),
        most=300,
        shown=True,
    ),
    Head(
        "person",
        "对象",
        "for whom",
        synonyms=("帮扶对象", "家庭成员"),
        mask=Mask.PERSONAL,
    ),
    Head("income", "预期增收（元）", "expected income (yuan)", Form.MONEY),
    Head("dividend", "仅分红", "dividend only", Form.FLAG),
    Head("money", "投入资金（元）", "money (yuan)", Form.MONEY, synonyms=("资金",)),
    Head("money_source", "资金来源", "source of money", most=100),
    Head("unit", "责任单位", "responsible unit", most=100),
    Head("owner", "责任人", "owner", most=100, shown=True),
    Head("starts_on", "开始时间", "starts on", Form.DAY),
    Head(
        "deadline",
        "完成时限",
        "to be done by",
        Form.DAY,
        must=True,
        usual=True,
        synonyms=("完成时间",),
        shown=True,
    ),
    Head("demanded", "佐证类型", "evidence demanded", Form.CHOICE, choices=_evidence),
)


def _apply(rows: Sequence[Row], sending: Sending) -> list[int]:
    homes = _in_bulk(Household.objects, [row.plan["household"] for row in rows])
    persons = _in_bulk(Person.objects, [row.plan["person"] for row in rows])
    owners = _in_bulk(
        Post.unscoped.select_related("user"), [row.plan["owner"] for row in rows]
    )
    by_plan: defaultdict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        facts = _facts(row)
        facts["person"] = persons.get(row.plan["person"])
        facts["owner"] = owners.get(row.plan["owner"])
        by_plan[row.plan["household"], row.plan["year"]].append(facts)
    batch = measures_take(
        taken=[
            TakenMeasures(homes[home], year, measures)
            for (home, year), measures in by_plan.items()
        ],
        source=sending.source,
        # Sent again after it was taken back, it is another batch.
        digest=hashlib.sha256(f"{sending.digest}/{sending.key}".encode()).hexdigest(),
        by=sending.by,
        at=sending.at,
    )
    made = {key_of(m): m.pk for m in batch.measures.select_related("plan")}
    return [made[tuple(row.plan["key"])] for row in rows]


def _facts(row: Row) -> dict[str, Any]:
    return {
        "kind": row["kind"],
        "what": row["what"],
        "is_dividend": bool(row["dividend"]),
        "income_yuan": row["income"],
        "money_yuan": row["money"],
        "money_source": row["money_source"] or "",
        "unit": row["unit"] or "",
        "starts_on": row["starts_on"],
        "deadline": row["deadline"],
        "demanded": row["demanded"] or "",
    }


def _undo(taken: Sequence[Taken], sending: Sending) -> None:
    """Take the measures back.

    Raises:
        PlanUnfit: when one of them has gone on since.
    """
    batch = Measure.objects.select_related("batch").get(pk=taken[0].made).batch
    if batch is not None:
        measures_give_up(batch=batch, by=sending.by, at=sending.at)


def _filled(viewer: Post, day: date) -> Iterator[tuple[Any, ...]]:
    """Yield the measures to be delivered in the post's region, those of households."""
    found = measure_list(viewer=viewer, states=[s.value for s in TO_DELIVER])
    found = found.filter(plan__household__isnull=False)
    heads = {head.key: head for head in HEADS}
    kinds, proofs = (words_of(heads[key], "zh") for key in ("kind", "demanded"))
    for one in found.iterator(500):
        plan, owner = one.plan, one.owner
        home = plan.household
        yield (
            home.number if home else None,
            home.head_name if home else None,
            plan.year,
            kinds[one.kind],
            one.what,
            one.person.name if one.person else None,
            one.income_yuan,
            "是" if one.is_dividend else None,
            one.money_yuan,
            one.money_source,
            one.unit,
            owner.user.full_name if owner else None,
            one.starts_on.isoformat() if one.starts_on else None,
            one.deadline.isoformat(),
            proofs.get(one.demanded),
        )


def _in_bulk(rows: Any, keys: Sequence[int | None]) -> dict[int | None, Any]:
    found: dict[int | None, Any] = {}
    for part in parts(sorted({key for key in keys if key})):
        found |= rows.in_bulk(part)
    return found


KIND: Final = Kind(
    "measures",
    _("Sheet of measures"),
    Permission.PLAN_EDIT,
    HEADS,
    measures_compared,
    _apply,
    _undo,
    _filled,
)
