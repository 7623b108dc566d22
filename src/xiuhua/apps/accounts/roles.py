"""The roles: who may hold them where, what they allow, what they see unmasked.

The three administrators (people and settings; security; audit) see no household data,
and no person holds two of them, or one of them beside a working role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.core.dictionary.model import Label, Mask


class Kind(Enum):
    """What sort of part a role plays."""

    WORK = "work"
    CHECK = "check"  # dated, never where the person works
    ADMINISTRATION = "administration"  # sees no household


@dataclass(frozen=True)
class Role:
    """A role as data; `sees` is the highest masking class shown in full."""

    code: str
    label: Label
    kind: Kind
    levels: frozenset[str]
    permissions: frozenset[Permission]
    sees: Mask = Mask.OPEN
    needs_sector: bool = False

    @property
    def needs_end(self) -> bool:
        """Test whether a post of this role must say when it ends."""
        return self.kind is Kind.CHECK

    def shows(self, mask: Mask) -> bool:
        """Test whether a field of a masking class is shown in full.

        A `secret` field is shown as the outcome of an act that is recorded, never by
        rank alone; `sees` says that the role can ask for it.
        """
        order = (Mask.OPEN, Mask.PERSONAL, Mask.SECRET)
        return order.index(mask) <= order.index(self.sees)


_VILLAGE: Final = frozenset({"village"})
_TOWNSHIP: Final = frozenset({"township"})
_COUNTY: Final = frozenset({"county"})
_LOCAL: Final = _VILLAGE | _TOWNSHIP | _COUNTY
_ABOVE: Final = frozenset({"province", "prefecture"})
_OFFICES: Final = _ABOVE | _COUNTY
# A sector bureau sees no evidence: papers hold more than its own indicator.
_EVIDENCE: Final = frozenset({Permission.EVIDENCE_VIEW, Permission.EVIDENCE_ADD})
# Whoever sends problems in can tell afterwards whether they were mended.
_PRESSING: Final = frozenset(
    {
        Permission.PROBLEM_VIEW,
        Permission.PROBLEM_REGISTER,
        Permission.PROBLEM_VERIFY,
        Permission.PROBLEM_DECIDE,
    }
)
_VISITING: Final = _EVIDENCE | {
    Permission.PROBLEM_VIEW,
    Permission.HOUSEHOLD_VIEW,
    Permission.VISIT_WRITE,
    Permission.FIGURES_VIEW,
}
_KEEPING: Final = _EVIDENCE | {
    Permission.PROBLEM_VIEW,
    Permission.PROBLEM_REGISTER,
    Permission.PLAN_EDIT,
    Permission.PLAN_CHECK,
    Permission.PROBLEM_ASSIGN,
    Permission.ASSISTANCE_EDIT,
    Permission.ROSTER_SIGN,
    Permission.HOUSEHOLD_VIEW,
    Permission.HOUSEHOLD_EDIT,
    Permission.FIGURES_VIEW,
    Permission.ROWS_IMPORT,
    Permission.ROWS_EXPORT,
}
_LEADING: Final = frozenset(
    {
        Permission.HOUSEHOLD_VIEW,
        Permission.EVIDENCE_VIEW,
        Permission.FIGURES_VIEW,
        Permission.ROWS_EXPORT,
        Permission.PROBLEM_VIEW,
    }
)
_CHECKING: Final = _EVIDENCE | {Permission.HOUSEHOLD_VIEW, Permission.FINDING_WRITE}

_ROLES: Final = (
    Role(
        "helper",
        Label("帮扶责任人", "Helper"),
        Kind.WORK,
        _VILLAGE,
        _VISITING | {Permission.PLAN_EDIT},
        Mask.PERSONAL,
    ),
    Role(
        "village_secretary",
        Label("村党支部书记", "Village secretary"),
        Kind.WORK,
        _VILLAGE,
        _VISITING
        | {
            Permission.ROSTER_SIGN,
            Permission.HOUSEHOLD_EDIT,
            Permission.PROBLEM_REGISTER,
            Permission.PLAN_EDIT,
        },
        Mask.PERSONAL,
    ),
    Role(
        "first_secretary",
        Label("驻村第一书记", "First secretary"),
        Kind.WORK,
        _VILLAGE,
        _VISITING
        | {
            Permission.ROSTER_SIGN,
            Permission.HOUSEHOLD_EDIT,
            Permission.PROBLEM_REGISTER,
            Permission.PLAN_EDIT,
            Permission.PLAN_CHECK,
        },
        Mask.PERSONAL,
    ),
    Role(
        "grid_worker",
        Label("网格员", "Grid worker"),
        Kind.WORK,
        _VILLAGE,
        _VISITING,
        Mask.PERSONAL,
    ),
    Role(
        "township_clerk",
        Label("乡镇扶贫专干", "Township clerk"),
        Kind.WORK,
        _TOWNSHIP,
        # Visits and rosters that come in on paper are entered in the township too.
        _KEEPING | {Permission.SECRET_REVEAL, Permission.VISIT_WRITE},
        Mask.SECRET,
    ),
    Role(
        "township_leader",
        Label("乡镇领导", "Township leader"),
        Kind.WORK,
        _TOWNSHIP,
        _LEADING
        | {
            Permission.PROBLEM_ASSIGN,
            Permission.PROBLEM_VERIFY,
            Permission.PLAN_CHECK,
            Permission.ROSTER_SIGN,
        },
        Mask.PERSONAL,
    ),
    Role(
        "county_office",
        Label("县扶贫办", "County office"),
        Kind.WORK,
        _COUNTY,
        _KEEPING
        | _PRESSING
        | {
            Permission.SECRET_REVEAL,
            Permission.SCREENING_RUN,
            Permission.STANDARD_ADOPT,
            Permission.REGION_EDIT,
            Permission.DRIVE_EDIT,
        },
        Mask.SECRET,
    ),
    Role(
        "county_leader",
        Label("县领导", "County leader"),
        Kind.WORK,
        _COUNTY,
        _LEADING | {Permission.PROBLEM_ASSIGN},
        Mask.PERSONAL,
    ),
    Role(
        "sector_bureau",
        Label("行业部门", "Sector bureau"),
        Kind.WORK,
        _OFFICES,
        frozenset(
            {
                Permission.HOUSEHOLD_VIEW,
                Permission.FIGURES_VIEW,
                Permission.PROBLEM_VIEW,
            }
        ),
        Mask.OPEN,
        needs_sector=True,
    ),
    Role(
        "supervision_team",
        Label("督战队", "Supervision team"),
        Kind.WORK,
        _LOCAL | _ABOVE,
        _LEADING - {Permission.ROWS_EXPORT}
        | _EVIDENCE
        | {Permission.FINDING_WRITE}
        | _PRESSING
        | {Permission.PLAN_CHECK},
        Mask.PERSONAL,
    ),
    Role(
        "prefecture_officer",
        Label("市级干部", "Prefecture officer"),
        Kind.WORK,
        frozenset({"prefecture"}),
        # Judges its counties; whose standard is whose, see docs/adr/0017.
        _LEADING | _PRESSING | {Permission.DRIVE_EDIT, Permission.SCREENING_RUN},
        Mask.PERSONAL,
    ),
    Role(
        "province_officer",
        Label("省级干部", "Province officer"),
        Kind.WORK,
        frozenset({"province"}),
        _LEADING
        | _PRESSING
        | {
            Permission.DRIVE_EDIT,
            Permission.SCREENING_RUN,
            Permission.STANDARD_ADOPT,
        },
        Mask.PERSONAL,
    ),
    Role(
        "inspector",
        Label("核查员", "Inspector"),
        Kind.CHECK,
        _LOCAL,
        _CHECKING | _PRESSING | {Permission.PLAN_CHECK} | {Permission.FIGURES_VIEW},
        Mask.PERSONAL,
    ),
    Role(
        "enumerator",
        Label("第三方调查员", "Outside enumerator"),
        Kind.CHECK,
        _VILLAGE,
        _CHECKING,
        Mask.PERSONAL,
    ),
    Role(
        "people_administrator",
        Label("系统管理员", "Administrator of people and settings"),
        Kind.ADMINISTRATION,
        _OFFICES,
        frozenset({Permission.PEOPLE_MANAGE, Permission.SYSTEM_VIEW}),
    ),
    Role(
        "security_administrator",
        Label("安全管理员", "Administrator of security"),
        Kind.ADMINISTRATION,
        _OFFICES,
        frozenset({Permission.SECURITY_MANAGE, Permission.SYSTEM_VIEW}),
    ),
    Role(
        "audit_administrator",
        Label("审计管理员", "Administrator of audit"),
        Kind.ADMINISTRATION,
        _OFFICES,
        frozenset({Permission.AUDIT_READ, Permission.SYSTEM_VIEW}),
    ),
)
ROLES: Final[Mapping[str, Role]] = MappingProxyType({r.code: r for r in _ROLES})

SECTORS: Final[Mapping[str, Label]] = MappingProxyType(
    {
        "education": Label("教育", "Education"),
        "health": Label("卫生健康", "Health"),
        "medical_insurance": Label("医疗保障", "Medical insurance"),
        "housing": Label("住房城乡建设", "Housing"),
        "water": Label("水利", "Water"),
        "civil_affairs": Label("民政", "Civil affairs"),
        "labour": Label("人力资源和社会保障", "Labour and social security"),
        "agriculture": Label("农业农村", "Agriculture"),
        "disabled_persons": Label("残联", "Disabled persons' federation"),
    }
)
