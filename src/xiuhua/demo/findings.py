"""What was found in the invented county, and what came of it: forty short stories.

A course is a list of (days ago, what happened, words); see `problems.Story`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from xiuhua.demo.standards import HOUSEHOLD_PACK


Course = tuple[tuple[Any, ...], ...]
_SCHOOL: Final = f"{HOUSEHOLD_PACK}.compulsory_education"
_MEDICAL: Final = f"{HOUSEHOLD_PACK}.basic_medical"
_HOUSE: Final = f"{HOUSEHOLD_PACK}.safe_housing"
_WATER: Final = f"{HOUSEHOLD_PACK}.safe_water"
_INCOME: Final = f"{HOUSEHOLD_PACK}.income"


@dataclass(frozen=True)
class Finding:
    """A problem as it was found, and its course."""

    source: str
    kind: str
    description: str
    days_ago: int
    course: Course = ()
    duty: str = "work"
    precision: str = "assistance"
    indicator: str = ""
    # A village of the township, the cast's own village, the township or the county.
    place: str = "villages"
    owner: str = "township_clerk"
    unit: str = "彩练镇人民政府"
    reference: str = ""
    households: int = 1
    immediate: bool = False
    same_as: int = -1


def _begun(found: int, measures: str, days: int = 30) -> Course:
    """Return the course of a problem in hand: assigned, signed for, begun."""
    return (
        (found - 1, "assigned", days),
        (found - 2, "signed"),
        (found - 4, "started", measures),
    )


def _struck(found: int, measures: str, submitted: int, struck: int) -> Course:
    return (
        *_begun(found, measures),
        (submitted, "submitted"),
        (struck, "struck"),
    )


_CHECK: Final = "县级交叉检查第3组清单"
_AUDIT: Final = "扶贫资金专项审计报告（虚构）"
FINDINGS: Final = (
    Finding(
        "assessment",
        "guarantees",
        "住房鉴定报告缺失，无法证明房屋安全",
        96,
        _struck(96, "委托有资质机构补做鉴定", 76, 74),
        indicator=_HOUSE,
        reference="上年度成效考核反馈",
    ),
    Finding(
        "assessment",
        "identification",
        "脱贫户家庭收入台账与入户核实不一致",
        95,
        _struck(95, "逐户重新核算并由户主签字确认", 80, 78),
        precision="exit",
        indicator=_INCOME,
        reference="上年度成效考核反馈",
    ),
    Finding(
        "special_inspection",
        "conduct",
        "驻村工作日志补记、照抄",
        94,
        (
            *_struck(94, "约谈责任人，重新核对日志", 84, 82),
            (60, "mended", "驻村日志改为每周由镇核签"),
        ),
        duty="responsibility",
        place="township",
        households=0,
    ),
    Finding(
        "discipline",
        "funds",
        "公益性岗位补贴延迟发放两个月",
        90,
        _struck(90, "补发补贴并核对名册", 70, 68),
        duty="policy",
        reference="纪检监察建议书（虚构）",
    ),
    Finding(
        "supervision",
        "guarantees",
        "季节性缺水，取水往返超过二十分钟",
        88,
        _struck(88, "新建集中供水点一处", 62, 60),
        indicator=_WATER,
        households=3,
    ),
    Finding(
        "audit",
        "funds",
        "产业扶贫资金拨付后未及时形成实物工程量",
        86,
        (
            *_begun(86, "倒排工期，按周调度", 25),
            (20, "explained", "施工便道塌方，机械无法进场", "对项目负责人予以提醒谈话"),
        ),
        place="township",
        households=0,
        reference=_AUDIT,
    ),
    Finding(
        "audit",
        "funds",
        "合作社分红名册缺农户签字",
        85,
        _struck(85, "逐户补签并公示", 66, 64),
        reference=_AUDIT,
        households=4,
    ),
    Finding(
        "petition",
        "assistance",
        "群众反映帮扶责任人半年未入户",
        80,
        _struck(80, "更换帮扶责任人并入户说明", 70, 69),
        reference="群众来信",
    ),
    Finding(
        "cross_check",
        "guarantees",
        "适龄儿童在外就读，学籍材料未核实",
        78,
        _struck(78, "与就读学校联系取得在读证明", 66, 65),
        indicator=_SCHOOL,
        reference=_CHECK,
    ),
    Finding(
        "cross_check",
        "data",
        "身份证号与户籍登记不一致",
        76,
        _struck(76, "与派出所核对后更正", 72, 71),
        reference=_CHECK,
        immediate=True,
    ),
    Finding(
        "cross_check",
        "data",
        "健康状况登记为健康，实际持有慢性病证",
        76,
        (
            *_struck(76, "补录慢性病信息", 72, 71),
            (40, "reopened", "复查发现家庭签约医生信息仍未更新"),
            (30, "submitted"),
            (28, "struck"),
        ),
        reference=_CHECK,
    ),
    Finding(
        "unannounced",
        "guarantees",
        "厨房屋顶漏雨，户主仍住老屋",
        74,
        (
            *_begun(74, "纳入危房改造，先行临时安置", 60),
            (20, "submitted"),
            (16, "returned", "照片看不出屋顶已修，请补验收记录"),
        ),
        indicator=_HOUSE,
        place="village",
        owner="township_leader",
    ),
    Finding(
        "unannounced",
        "industry",
        "养殖圈舍建成后闲置",
        70,
        (*_begun(70, "引进合作社租用圈舍", 60), (12, "submitted")),
        place="village",
        owner="village_secretary",
        unit="本村驻村工作队",
    ),
    Finding(
        "campaign",
        "identification",
        "疑似漏评：因病支出大，未纳入监测",
        68,
        (
            *_begun(68, "入户核实并召开评议会", 30),
            (60, "disputed", "该户有稳定工资收入，不符合条件"),
            (52, "unfounded", "核实家庭收入远高于标准，有缴税记录"),
        ),
        precision="identification",
        reference="漏评错评错退专项治理",
    ),
    Finding(
        "campaign",
        "identification",
        "疑似错退：退出时收入含一次性补偿",
        66,
        (
            *_begun(66, "重新核算收入", 40),
            (58, "disputed", "一次性补偿未计入"),
            (50, "upheld", "核对银行流水，补偿已计入，维持原认定"),
            (18, "submitted"),
        ),
        precision="exit",
        indicator=_INCOME,
    ),
    Finding(
        "self_check",
        "data",
        "户主电话为空或已停机",
        64,
        _struck(64, "电话逐户核对", 60, 59),
        households=6,
        immediate=True,
    ),
    Finding(
        "self_check",
        "assistance",
        "帮扶手册措施与系统不一致",
        60,
        _struck(60, "逐条核对后统一", 50, 48),
        place="village",
        owner="village_secretary",
        households=2,
        unit="本村驻村工作队",
    ),
    Finding(
        "listed",
        "guarantees",
        "成员未参加城乡居民医保",
        58,
        (*_begun(58, "补缴参保，查明未参保原因", 45), (8, "submitted")),
        indicator=_MEDICAL,
    ),
    Finding(
        "listed",
        "industry",
        "带贫合作社当年无分红",
        55,
        (
            *_begun(55, "重新签订联结协议", 70),
            (30, "submitted"),
            (26, "continued", "产业见效周期长，需跨年跟踪", 20),
        ),
        place="township",
        households=0,
    ),
    Finding(
        "livelihood",
        "funds",
        "临时救助申请超过二十个工作日未办结",
        52,
        (
            *_begun(52, "限期办结并告知本人", 20),
            (25, "asked", 20, "民政系统数据比对未完成"),
            (24, "granted"),
        ),
        duty="policy",
        unit="镇民政办",
    ),
    Finding(
        "society",
        "assistance",
        "搬迁户反映后续就业帮扶不到位",
        50,
        (
            *_begun(50, "推荐到扶贫车间就业", 40),
            (12, "submitted"),
            (6, "continued", "就业岗位有季节性，需持续跟踪", 60),
        ),
        households=2,
    ),
    Finding(
        "resident",
        "assistance",
        "反映低保核减未说明理由",
        48,
        (*_begun(48, "入户解释并书面答复", 20), (36, "submitted"), (34, "struck")),
        duty="policy",
    ),
    Finding(
        "visit",
        "guarantees",
        "老人独居，饮用水水质未检测",
        45,
        (*_begun(45, "取样送检，必要时装净水设备", 50),),
        indicator=_WATER,
        place="village",
        owner="township_leader",
    ),
    Finding(
        "visit",
        "guarantees",
        "饮水管道冻裂，断水一周",
        44,
        ((43, "merged", 22),),
        indicator=_WATER,
        place="village",
        same_as=22,
    ),
    Finding(
        "data_health",
        "data",
        "家庭成员年龄与在校状况矛盾",
        42,
        _struck(42, "核对学籍后更正", 36, 35),
    ),
    Finding(
        "data_health",
        "data",
        "人均纯收入与收入明细合计不符",
        40,
        (*_begun(40, "重新核算", 14),),
        households=3,
        indicator=_INCOME,
    ),
    Finding(
        "supervision",
        "assistance",
        "两户脱贫户无帮扶责任人",
        38,
        (*_begun(38, "补充结对", 15), (30, "submitted"), (29, "struck")),
        place="village",
        owner="township_leader",
        households=2,
    ),
    Finding(
        "supervision",
        "conduct",
        "以表格填报代替入户，基层反映负担重",
        36,
        (
            *_begun(36, "清理报表，取消重复填报", 60),
            (20, "tasked", "排查本村是否存在多头报表", 20),
            (9, "task_done", "发现两项重复报表，已停报"),
            (30, "raised", "上级部门要求的五项报表能否合并？"),
            (15, "answered", "同意合并为一项月报，其余停报。"),
        ),
        place="township",
        households=0,
        duty="responsibility",
    ),
    Finding(
        "assessment",
        "identification",
        "赡养人有能力未尽义务，收入如何计算口径不一",
        34,
        (
            *_begun(34, "统一口径前暂按实际赡养费计算", 60),
            (28, "raised", "赡养费按协议还是按实际给付计入？"),
        ),
        place="township",
        precision="identification",
        households=0,
        duty="policy",
    ),
    Finding(
        "cross_check",
        "guarantees",
        "义务教育阶段学生疑似辍学",
        30,
        (*_begun(30, "控辍保学专班上门劝返", 45),),
        indicator=_SCHOOL,
        reference=_CHECK,
        place="village",
        owner="township_leader",
    ),
    Finding(
        "petition",
        "conduct",
        "反映评议会未按规定公示",
        26,
        (
            (25, "assigned", 30),
            (24, "signed"),
            (23, "sent_back", "属村务公开事项，请改由镇纪委办理"),
            (20, "assigned", 30),
        ),
        duty="responsibility",
        place="township",
        households=0,
        owner="township_leader",
    ),
    Finding(
        "audit",
        "industry",
        "产业项目后续管护责任未落实",
        24,
        (
            (23, "assigned", 60),
            (22, "signed"),
            (10, "disputed", "项目已移交县平台公司，管护责任不在本镇"),
        ),
        place="township",
        households=0,
        reference=_AUDIT,
    ),
    Finding(
        "unannounced",
        "guarantees",
        "厕所改造未完工，影响居住安全",
        20,
        (*_begun(20, "督促施工队复工", 30),),
        indicator=_HOUSE,
    ),
    Finding(
        "listed",
        "guarantees",
        "危房改造竣工未验收",
        16,
        ((15, "assigned", 30), (14, "signed")),
        indicator=_HOUSE,
        households=2,
    ),
    Finding(
        "society",
        "assistance",
        "网络留言反映扶贫车间拖欠工资",
        12,
        ((11, "assigned", 20),),
        duty="policy",
        immediate=True,
    ),
    Finding(
        "visit",
        "guarantees",
        "新生儿未及时参加医保",
        9,
        ((8, "assigned", 20), (7, "signed")),
        indicator=_MEDICAL,
        place="village",
        owner="village_secretary",
        unit="本村驻村工作队",
        immediate=True,
    ),
    Finding(
        "cross_check",
        "funds",
        "项目公告公示栏未更新",
        7,
        ((6, "assigned", 15),),
        place="township",
        households=0,
        reference=_CHECK,
    ),
    Finding(
        "resident",
        "identification",
        "申请纳入监测，因车祸支出骤增",
        4,
        (),
        precision="identification",
        place="village",
    ),
    Finding("petition", "guarantees", "反映饮水浑浊", 3, (), indicator=_WATER),
    Finding(
        "special_inspection",
        "funds",
        "扶贫资产确权登记进度滞后",
        2,
        (),
        place="county",
        households=0,
        duty="responsibility",
    ),
)
