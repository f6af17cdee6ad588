"""Examples of the bodies of check-in, projects, sessions, evaluations and exams."""

from typing import Any

from service.edge.document.examples.people import DEVICE, PHOTOS, UNIT

_QUESTION = "01930000-0000-7000-8000-00000000e001"
_FORM = [
    {"kind": "stars", "text": "授课质量如何？"},
    {"kind": "single", "text": "内容难度？", "options": ["偏易", "适中", "偏难"]},
    {"kind": "text", "text": "还有什么建议？"},
]
_CHOICE = {
    "kind": "single",
    "text": "成人心肺复苏时，胸外按压的频率是每分钟多少次？",
    "options": ["60 至 80 次", "100 至 120 次", "140 至 160 次"],
    "correct": [1],
    "points": 2,
}

ACTIVITIES: dict[str, dict[str, Any]] = {
    "TicketRequest": {
        "qr": "https://cme.example/s/AB12CD?c=123456",
        "device_id": DEVICE,
        "location": {"latitude": 30.2741, "longitude": 120.1551, "accuracy": 20},
    },
    "CheckInForm": {"ticket": "(the ticket)", "photos": PHOTOS, "device_id": DEVICE},
    "DecisionIn": {"decision": "accept", "reason": "本人在场，已核对证件"},
    "ByHand": {"cme_number": "3310000101", "direction": "in", "reason": "手机没电，已核对证件"},
    "ManyByHandIn": {
        "people": [{"cme_number": "3310000101"}, {"cme_number": "3310000102"}],
        "direction": "in",
        "reason": "签到时网络中断，已核对签到册",
        "at": "2026-11-02T08:25:00+08:00",
    },
    "WalkIn": {"cme_number": "3310000103", "reason": "临时到会，已核对证件"},
    "UndoIn": {"reason": "选错了人"},
    "RemindersNew": {"what": "evaluation"},
    "RequestNew": {
        "session_id": "01930000-0000-7000-8000-00000000b001",
        "direction": "in",
        "reason": "签到时网络中断",
        "at": "2026-11-02T08:35:00+08:00",
        "evidence": "当时有拍照",
    },
    "RequestDecision": {"decision": "accept", "reason": "已核对现场记录", "mark": "present"},
    "ApplicationNew": {"note": "急诊科护士，已完成基础课程"},
    "ApplicationDecision": {"decision": "declined", "reason": "本期仅限急诊专业"},
    "ApplicationDecisions": {"ids": ["01930000-0000-7000-8000-00000000b002"], "decision": "accepted"},
    "RemovalIn": {"reason": "重复报名"},
    "CorrectionIn": {"cme_number": "3310000101", "mark": "excused", "reason": "急诊手术，有科室证明"},
    "ProjectNew": {
        "name": "心肺复苏新进展",
        "starts_on": "2026-11-02",
        "ends_on": "2026-11-03",
        "credits": "5.00",
        "hours": "15.0",
        "conditions": {"min_attendance": "0.80", "evaluation": True, "exam": True},
        "capacity": 200,
        "applications": "automatic",
        "is_open": True,
        "open_to": "anyone",
    },
    "ProjectChange": {"capacity": 250, "reason": "改用大会议室"},
    "TransitionIn": {"to": "filed"},
    "CopyNew": {"starts_on": "2027-03-01", "name": "心肺复苏新进展（第二期）"},
    "SessionNew": {
        "title": "第一天上午",
        "starts_at": "2026-11-02T08:30:00+08:00",
        "ends_at": "2026-11-02T11:30:00+08:00",
        "venue": "学术报告厅",
        "geofence": {"latitude": 30.2741, "longitude": 120.1551, "radius_m": 300},
    },
    "SeriesNew": {
        "title": "周一讲座",
        "starts_at": "2026-11-02T18:30:00+08:00",
        "ends_at": "2026-11-02T20:30:00+08:00",
        "venue": "学术报告厅",
        "repeat": {"every": "week", "weekdays": ["monday"], "until": "2026-12-21", "without": ["2026-11-23"]},
        "dry_run": True,
    },
    "SessionChange": {"venue": "第二会议室", "reason": "报告厅检修"},
    "ExtensionIn": {"direction": "in", "minutes": 15},
    "CancellationIn": {"reason": "讲者因故不能到场"},
    "OverrideIn": {"reason": "本人到场，已核对证件"},
    "SessionClose": {"reason": "提前结束"},
    "RehearsalIn": {"attendees": 150},
    "PlacesNew": {"cme_numbers": ["3310000101", "3310000102"]},
    "RosterNew": {"cme_numbers": ["3310000101", "3310000102"], "role": "learner"},
    "TableForm": {"file": "(XLSX or CSV with the titles of the template)"},
    "FileUndoIn": {"reason": "选错了文件"},
    "ResponseIn": {"answers": [{"question_id": "q1", "value": 5}, {"question_id": "q2", "value": "o2"}]},
    "FormIn": {"questions": _FORM},
    "TemplateIn": {"name": "通用评价表", "questions": _FORM},
    "AnswerIn": {"options": ["o2"], "revision": 1},
    "ExamIn": {
        "pass_mark": 60,
        "minutes": 45,
        "questions": [_CHOICE],
        "draws": [{"discipline": "急诊", "count": 9}],
    },
    "ExtraTimeIn": {"cme_number": "3310000101", "minutes": 15, "reason": "网络中断"},
    "ExamCorrectionIn": {"question_id": _QUESTION, "correct": [1, 2], "reason": "两个选项均正确", "dry_run": True},
    "ExamExceptionIn": {"cme_number": "3310000101", "attempts": 1, "reason": "考试时设备故障"},
    "BankQuestionIn": {**_CHOICE, "discipline": "急诊医学", "unit_id": UNIT},
    "QuestionCorrection": {**_CHOICE, "explanation": "见现行心肺复苏指南。"},
    "ImportForm": {"file": "(the file)", "form": "gift", "discipline": "急诊医学", "points": 1},
    "PictureForm": {"picture": "(PNG or JPEG)"},
}
