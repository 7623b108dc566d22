"""The words a problem is sorted by: where it comes from, what it is about, its axes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """Where a problem comes from; all are treated alike (等同整改)."""

    ASSESSMENT = "assessment", _("assessment of results (考核)")
    SPECIAL_INSPECTION = "special_inspection", _("special inspection (专项巡视)")
    DISCIPLINE = "discipline", _("discipline inspection (纪检监察)")
    SUPERVISION = "supervision", _("supervision and inspection (督查巡查)")
    LIVELIHOOD = "livelihood", _("supervision of livelihood (民生监督)")
    SOCIETY = "society", _("supervision by society (社会监督)")
    AUDIT = "audit", _("audit (审计)")
    PETITION = "petition", _("letters and visits (信访)")
    CROSS_CHECK = "cross_check", _("cross-check (交叉检查)")
    UNANNOUNCED = "unannounced", _("unannounced visit (暗访)")
    CAMPAIGN = "campaign", _("special campaign (专项治理)")
    SELF_CHECK = "self_check", _("self-check (自查)")
    LISTED = "listed", _("listed supervision (挂牌督战)")
    SCREENING = "screening", _("screening (识别筛查)")
    DATA_HEALTH = "data_health", _("data health (数据体检)")
    VISIT = "visit", _("visit (入户走访)")
    RESIDENT = "resident", _("resident (群众反映)")
    PLAN = "plan", _("plan overdue (计划逾期)")


class Kind(models.TextChoices):
    """What a problem is about; evidence and level of verification hang on it."""

    GUARANTEES = "guarantees", _("two assurances, three guarantees (三保障)")
    IDENTIFICATION = "identification", _("identification and exit (识别退出)")
    ASSISTANCE = "assistance", _("assistance (帮扶)")
    FUNDS = "funds", _("funds and projects (资金项目)")
    INDUSTRY = "industry", _("industry (产业)")
    CONDUCT = "conduct", _("conduct of work (作风)")
    DATA = "data", _("data (数据)")


class Duty(models.TextChoices):
    """Which of the three was not put into practice (三落实)."""

    RESPONSIBILITY = "responsibility", _("responsibility (责任落实)")
    POLICY = "policy", _("policy (政策落实)")
    WORK = "work", _("work (工作落实)")


class Precision(models.TextChoices):
    """Which of the three was not precise (三精准)."""

    IDENTIFICATION = "identification", _("identification (精准识别)")
    ASSISTANCE = "assistance", _("assistance (精准帮扶)")
    EXIT = "exit", _("exit (精准退出)")
