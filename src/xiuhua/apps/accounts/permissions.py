"""What a post may be allowed to do."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One thing a role allows; the value is stable."""

    HOUSEHOLD_VIEW = "household.view"
    HOUSEHOLD_EDIT = "household.edit"
    SECRET_REVEAL = "secret.reveal"  # noqa: S105  a permission, no password
    FIGURES_VIEW = "figures.view"
    ROWS_IMPORT = "rows.import"
    ROWS_EXPORT = "rows.export"
    SCREENING_RUN = "screening.run"
    STANDARD_ADOPT = "standard.adopt"
    VISIT_WRITE = "visit.write"
    ASSISTANCE_EDIT = "assistance.edit"
    ROSTER_SIGN = "roster.sign"
    FINDING_WRITE = "finding.write"
    EVIDENCE_VIEW = "evidence.view"
    EVIDENCE_ADD = "evidence.add"
    PLAN_EDIT = "plan.edit"
    PLAN_CHECK = "plan.check"
    PROBLEM_VIEW = "problem.view"
    PROBLEM_REGISTER = "problem.register"
    PROBLEM_ASSIGN = "problem.assign"
    PROBLEM_VERIFY = "problem.verify"
    PROBLEM_DECIDE = "problem.decide"
    DRIVE_EDIT = "drive.edit"
    REGION_EDIT = "region.edit"
    PEOPLE_MANAGE = "people.manage"
    SECURITY_MANAGE = "security.manage"
    AUDIT_READ = "audit.read"
    SYSTEM_VIEW = "system.view"
