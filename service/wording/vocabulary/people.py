"""Words about people, their sign-in and their faces: by the enum's name and its value, Chinese and English."""

from service.wording.vocabulary.kinds import Vocabulary

PEOPLE: dict[str, Vocabulary] = {
    "Language": {"zh-CN": ("中文", "Chinese"), "en": ("英文", "English")},
    "Role": {
        "learner": ("学员", "learner"),
        "organizer": ("项目组织者", "organizer"),
        "department_admin": ("科室管理员", "department admin"),
        "unit_admin": ("单位管理员", "unit admin"),
        "authority": ("主管部门", "authority"),
        "system_admin": ("系统管理员", "system admin"),
        "auditor": ("审计员", "auditor"),
    },
    "UnitKind": {
        "province": ("省", "province"),
        "city": ("市", "city"),
        "county": ("县（市、区）", "county"),
        "hospital": ("医院", "hospital"),
        "department": ("科室", "department"),
    },
    "UnitGrade": {"provincial": ("省级单位", "provincial unit"), "tertiary": ("三级医院", "tertiary hospital")},
    "Keep": {"body": ("由应用保存", "kept by the app"), "cookie": ("由浏览器保存", "kept by the browser")},
    "CodePurpose": {
        "sign_in": ("登录", "sign in"),
        "password_reset": ("重设密码", "reset the password"),
        "phone_change": ("更换手机号", "change the phone"),
    },
    "Factor": {
        "totp": ("验证器应用", "authenticator app"),
        "recovery_code": ("恢复码", "recovery code"),
        "sms": ("短信验证码", "SMS code"),
        "password": ("密码", "password"),
    },
    "SignInFailure": {
        "wrong_password": ("密码错误", "wrong password"),
        "wrong_code": ("验证码错误", "wrong code"),
        "proof_required": ("未出示本人证明", "no proof of the person"),
        "wrong_proof": ("本人证明有误", "wrong proof of the person"),
        "otp_required": ("未出示第二因素", "no second factor"),
        "wrong_otp": ("第二因素错误", "wrong second factor"),
        "suspended": ("账号已停用", "account suspended"),
    },
    "ConsentPurpose": {
        "face_recognition": ("处理人脸信息", "recognition of the face"),
        "face_network": ("通过网络传输人脸信息", "sending the face over the network"),
        "face_photos": ("留存照片", "keeping the photos"),
    },
    "Pose": {
        "straight": ("正对镜头", "straight into the camera"),
        "a_little_left": ("略向左转", "a little to the left"),
        "a_little_right": ("略向右转", "a little to the right"),
    },
    "TemplateStatus": {"active": ("有效", "active"), "held": ("待核实", "held")},
    "FaceBand": {"pass": ("通过", "passed"), "review": ("待人工核对", "for review"), "fail": ("不符", "failed")},
    "FaceCaseKind": {
        "duplicate_refused": ("人脸在另一账号，已拒绝", "face on another account, refused"),
        "duplicate_held": ("人脸可能在另一账号，待核实", "face likely on another account, held"),
        "duplicate_found": ("两个账号的人脸相似", "faces of two accounts found alike"),
        "enrolled_after_withdrawal": ("撤回同意后重新建档", "enrolled after a withdrawal"),
        "not_mine": ("本人否认该人脸", "disowned by the account's owner"),
        "two_people": ("多次提交两个人的照片", "photos of two people, several times"),
    },
    "FaceCaseStatus": {
        "open": ("待处理", "open"),
        "accepted": ("已认可", "accepted"),
        "rejected": ("已否决", "rejected"),
        "closed": ("已关闭", "closed"),
    },
    "CaseVerdict": {"accept": ("认可", "accept"), "reject": ("否决", "reject")},
    "FaceResetStatus": {
        "open": ("待第二位管理员审批", "waits for a second admin"),
        "approved": ("已批准", "approved"),
        "refused": ("已拒绝", "refused"),
    },
    "FaceBatchStatus": {
        "receiving": ("接收中", "receiving"),
        "working": ("处理中", "working"),
        "done": ("已完成", "done"),
        "cancelled": ("已取消", "cancelled"),
        "failed": ("未能完成", "failed"),
    },
    "FaceBatchResult": {
        "enrolled": ("已建档", "enrolled"),
        "held": ("待核实", "held"),
        "refused": ("未建档", "refused"),
    },
    "CalibrationSource": {"gallery": ("已建档人员", "the people enrolled here"), "folder": ("照片文件夹", "a folder")},
    "WatchCode": {
        "population_moved": ("人群特征偏移", "the people differ from those of the calibration"),
        "faces_alike": ("不同人员的人脸相似", "faces of different people are alike"),
        "false_rejects_high": ("误拒率偏高", "too many people are refused wrongly"),
        "doubts_rising": ("存疑签到增多", "doubtful check-ins are rising"),
        "false_accepts_high": ("误识率偏高", "too many strangers are accepted"),
        "thresholds_too_strict": ("阈值过严", "the thresholds are stricter than needed"),
    },
}
