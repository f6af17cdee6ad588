"""Examples of the bodies of settlement, credits and rules."""

from typing import Any

_PEOPLE = ["3310000101", "3310000102"]

CREDITS: dict[str, dict[str, Any]] = {
    "BundlesForm": {"bundles": ["(proof-bundle.json)"]},
    "TaughtHoursIn": {"speakers": [{"cme_number": "3310000150", "hours": "3.0"}]},
    "ConfirmationIn": {"still_open": "wait"},
    "ReviewIn": {"decision": "return", "comment": "第二天下午的签退有误，请核对"},
    "ReversalIn": {"cme_numbers": _PEOPLE, "reason": "考勤有误，重新核对", "cause": "mistake"},
    "NamedPeopleIn": {"cme_numbers": _PEOPLE, "reason": "申诉成立"},
    "ReopeningIn": {"reason": "批准的学分有误", "credits": "6.00", "hours": "18.0"},
    "CertificatesWanted": {"entry_ids": ["01975c2e-7a10-7000-8000-000000000001"]},
    "CertificateFileWanted": {"numbers": ["ZJ202600000000012"], "format": "zip"},
    "RevocationAsked": {"reason": "材料有误"},
    "ReversalAsked": {"reason": "登记错误", "cause": "mistake"},
    "CreditImportNew": {
        "rows": [
            {
                "cme_number": "3310000101",
                "date": "2026-05-20",
                "name": "院内病例讨论",
                "category": "OTH",
                "activity_type": "集体活动",
                "delivery_mode": "面授",
                "hours": "3.0",
                "credits": "1.00",
                "recorded_by": "示例医院",
                "status": "approved",
            }
        ]
    },
    "CreditFile": {"file": "(XLSX or CSV with the titles of the template)"},
    "CommitAsked": {"accept": [{"row": 2, "reason": "两次不同的讲座，见通知"}]},
    "UndoAsked": {"reason": "选错了文件"},
    "EvidenceForm": {"file": "(JPEG, PNG, HEIC or PDF)"},
    "ClaimLabelIn": {"is_on": False, "reason": "与“6个月及以上”重复"},
    "RecordDecision": {"decision": "approve"},
    "ClaimNew": {
        "mode": "wizard",
        "rule": "GRT-PRV",
        "rank": 3,
        "activity_name": "急性心梗溶栓时间窗研究立项",
        "activity_date": "2026-05-18",
        "delivery_mode": "论文著作",
        "discipline_l2": "临床内科学",
        "discipline_l3": "心血管病学",
        "issuer": "示例医院",
        "evidence": ["01990a3e-7c00-7000-8000-000000000001"],
        "hours": "6.0",
        "submit": False,
    },
    "ClaimChange": {"remark": "已补充立项批文"},
    "SubmissionsNew": {"ids": ["01990a3e-7c00-7000-8000-000000000002"]},
    "ClaimReviewIn": {"decision": "return", "comment": "请补充立项批文"},
    "ClaimReviewsIn": {"ids": ["01990a3e-7c00-7000-8000-000000000002"], "decision": "approve", "comment": "同意"},
    "ClaimSettingIn": {"is_open": True, "levels": ["department", "unit"], "open_years": 2, "reason": "全院开通"},
    "ClaimPermissionIn": {"is_open": True, "reason": "外派人员自行填报"},
    "ClaimNameWordsIn": {"words": ["大查房", "病例讨论会"], "reason": "按手册 3.2"},
    "ExemptionNew": {"year": 2026, "kind": "LEAVE", "months": 6, "reason": "产假"},
    "ExemptionRevocation": {"reason": "登记错误"},
    "ChoiceNew": {"effective_on": "2027-01-01", "code": "CN-2024", "version": 1, "reason": "按新办法执行"},
    "RuleSetNew": {
        "reason": "省级规则第二版",
        "content": {
            "code": "EXAMPLE",
            "version": 2,
            "name": "示例规则",
            "source": "示例文件",
            "effective_on": "2027-01-01",
            "sources": {"A": "示例文件第三条"},
            "classes": [{"code": "I", "name": "Ⅰ类"}],
            "standard": {"credits": "25.00", "hours": None, "classes": {"I": "5.00"}, "source": "A"},
            "categories": [{"code": "NAT", "name": "国家级项目", "class": "I"}],
            "aliases": {},
            "rules": [
                {
                    "code": "NAT-L",
                    "category": "NAT",
                    "role": "learner",
                    "amount": {"by": "hours", "hours": "3.0", "credits": "1.00"},
                    "source": "A",
                }
            ],
        },
    },
}
