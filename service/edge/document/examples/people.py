"""Examples of the bodies of sign-in, one's own account, faces and people. All people and numbers are made up."""

from typing import Any

UNIT = "01930000-0000-7000-8000-000000000001"
DEVICE = "4f1d6c0a9b7e"
PHOTOS = ["(JPEG)", "(JPEG)", "(JPEG)"]

PEOPLE: dict[str, dict[str, Any]] = {
    "SmsCodeRequest": {"phone": "13800000001", "purpose": "sign_in", "device_id": DEVICE},
    "LoginRequest": {"cme_number": "3310000101", "password": "a long password of mine", "device_id": DEVICE},
    "PasswordChange": {"current_password": "initial-2026", "new_password": "a long password of mine"},
    "PasswordReset": {"phone": "13800000001", "code": "123456", "new_password": "a long password of mine"},
    "OwnPhoneChange": {"phone": "13800000002", "code": "123456", "old_code": "654321"},
    "PhoneChange": {"phone": "13800000002", "code": "123456", "reason": "本人到场，手机号已更换"},
    "NumberLookup": {"phone": "13800000001", "code": "123456"},
    "LinkNew": {"path": "/api/v1/me/credits.xlsx?from=2026-01-01&to=2026-12-31"},
    "SecondFactorCode": {"code": "123456"},
    "FaceForm": {"photos": PHOTOS, "consent_version": "2026-1", "keep_photos": False},
    "PhotoChecksForm": {"photos": PHOTOS, "consent_version": "2026-1"},
    "FaceAnswer": {"mine": True},
    "ConsentForm": {"consent_version": "2026-1", "face_recognition": True, "face_network": True},
    "InPersonForm": {
        "consent_version": "2026-1",
        "face_recognition": True,
        "face_network": True,
        "photos": PHOTOS,
    },
    "FaceBatchForm": {"file": "(ZIP of 3310000101_1.jpg, 3310000101_2.jpg, …)"},
    "NoticesRead": {"ids": ["01930000-0000-7000-8000-00000000a001"]},
    "CaseDecision": {"decision": "accept", "reason": "两人均已到场核对身份证"},
    "PolicyChoice": {"calibration": "01930000-0000-7000-8000-00000000c001", "reason": "按本院人员重新校准"},
    "AssessmentNew": {"approved_by": "信息科", "assessed_on": "2026-01-15", "valid_until": "2029-01-14"},
    "ConsentTextNew": {
        "version": "2026-2",
        "text_zh": "我们处理您的人脸信息，用于继续医学教育签到……",
        "text_en": "We process your face to check you in at continuing medical education …",
    },
    "Because": {"reason": "本人申请，已核对身份"},
    "UnitNew": {"name": "心内科", "kind": "department", "parent_id": UNIT},
    "GradeSet": {"grade": "tertiary", "reason": "三级甲等，见批复"},
    "PersonNew": {"cme_number": "3310000199", "name": "示例甲", "unit_id": UNIT, "phone": "13800000003"},
    "ProfilePhotoForm": {"photo": "(JPEG)"},
    "MyProfileChange": {"contact_phone": "0571-87000001", "email": "li@example.org", "ethnicity": "han"},
    "ProfileCorrectionNew": {
        "field": "title",
        "wanted": "chief_physician",
        "reason": "2026 年晋升",
        "evidence": "聘书",
    },
    "ProfileCorrectionDecision": {"decision": "accept", "reason": "已核对聘书"},
    "PersonChange": {"name": "示例乙", "title": "attending_physician", "reason": "与身份证核对，原登记有误"},
    "UnitChange": {"name": "心血管内科", "reason": "科室更名"},
    "RoleNew": {"role": "organizer", "unit_id": UNIT},
}
