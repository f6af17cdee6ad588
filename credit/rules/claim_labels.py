"""The activities that people may claim (M-3.0.4, figure 2), verbatim and in its order, each with its rules."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ClaimLabel:
    """A label of figure 2. rules: codes, of any rule set; those that the one in force has are shown.

    alias_of: the code of the label that means the same (O-6). out_of_province: the issuer may be typed (M-3.1.3).
    """

    code: str
    label: str
    rules: tuple[str, ...]
    alias_of: str | None = None
    out_of_province: bool = False


_LEAVE, _LONG_LEAVE = ("LV-LT6", "STUDY"), ("LV-GE6", "STUDY-GE3")

LABELS = (
    ClaimLabel("out_prov_national", "赴外省国家级项目", ("XNAT", "PROJ-L"), out_of_province=True),
    ClaimLabel("out_prov_provincial", "赴外省省级(国家一级学会)", ("XPRV", "PROJ-L"), out_of_province=True),
    ClaimLabel("self_study_review", "自学综述", ("NOTE", "SELF")),
    ClaimLabel("paper_review", "发表论文和综述", ("PAP-FOR", "PAP-CN", "PAP-PRV", "PAP-CITY", "PAP-INT", "SELF")),
    ClaimLabel("research_grant", "科研立项", ("GRT-NAT", "GRT-PRV", "GRT-MUN", "SELF")),
    ClaimLabel("unit_academic", "单位组织的学术活动", ("UNIT-L", "UNIT-S", "PRACT")),
    ClaimLabel("monograph", "出版医学著作", ("BOOK", "SELF")),
    ClaimLabel("survey_report", "出国考察报告、国内专题调研报告", ("REP", "SELF")),
    ClaimLabel("translation", "发表医学译文", ("TRN", "SELF")),
    ClaimLabel("case_conference", "病例讨论会、多科室案例讨论会，大查房", ("CASE-L", "CASE-S", "PRACT")),
    ClaimLabel("aid_ge6m", "援助西部、农村、海岛、援外等医疗活动6个月及以上", ("AID-GE6", "TASK")),
    ClaimLabel("study_leave_ge6m", "经单位批准，到外单位进修（含出国培训）6个月及以上", _LONG_LEAVE),
    ClaimLabel("study_leave", "经单位批准，到外单位进修（含出国培训）", _LEAVE, alias_of="study_leave_lt6m"),
    ClaimLabel("junior_standard_training", "初级卫技人员新、老模式规范化培训或岗位培训学分", ("JUN", "DEGREE")),
    ClaimLabel("study_leave_lt6m", "经批准到外单位进修未满6个月", _LEAVE),
    ClaimLabel("special_training_ge6m", "在职教育外或外出进修专项培训达6个月以上", ("TRAIN-GE6", "STUDY-GE3")),
    ClaimLabel("aid_lt6m", "参加援助西部、农村、海岛、援外等医疗活动不足6个月", ("AID-LT6", "TASK")),
    ClaimLabel(
        "study_leave_6m", "经单位批准，到外单位进修（含出国培训）6个月", _LONG_LEAVE, alias_of="study_leave_ge6m"
    ),
)
BY_CODE = {each.code: each for each in LABELS}


def rules_of_label(label: str) -> frozenset[str]:
    """Return the codes of the rules that a label opens, by its words or its code; none for an unknown one."""
    return frozenset(code for each in LABELS if label in (each.label, each.code) for code in each.rules)


DELIVERY_MODES = ("继续医学教育项目", "远程教育", "培训班", "单位、科室组织的活动", "论文著作")
"""举办方式 that the manual shows (M-4.1.6); others may be typed (M-3.1.2)."""
CREDIT_LEVELS = ("国家级继续医学教育项目", "省级继续医学教育项目", "市级继续医学教育项目", "单位组织的学术活动")
"""学分级别 that the manual shows (M-4.1.5); others may be typed."""
EVIDENCE = ("项目批文照片", "论文或著作封面照片", "业务学习签到表", "现场带学习内容照片")
"""What is taken as evidence where a rule names nothing (M-3.0.3)."""
OF_STUDIES = frozenset({"业务学习签到表"})
"""Those of them that show an in-house study alone."""
CLAIMED_THOUGH_FOR_PROJECTS = frozenset({"UNIT-L", "UNIT-S", "PROJ-L", "PRACT"})
"""Rules made for projects that people claim too (figure 2): unit activities, and under CN-2024 projects elsewhere."""
FREE_THOUGH_FOR_PROJECTS = frozenset({"PROJ-L"})
"""Those of them that are entered freely alone, because they are held in another province (M-3.0.6)."""
OPEN_BY_PIECE = frozenset({"FNEW"})
"""Rules whose credits stand on each piece of material: what is typed is multiplied by the quantity (N06)."""
UNIT_OF_PIECE = "material"
PERIOD_RULES = frozenset({"LV-LT6", "LV-GE6", "AID-GE6", "AID-LT6", "TRAIN-GE6", "JUN", "STUDY-GE3", "STUDY", "TASK"})
"""Leave, aid and training that have a beginning and an end."""
