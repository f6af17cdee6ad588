"""Every error code: its status, and what to tell people, in Chinese and English."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProblemKind:
    """One stable code. title: what is wrong; hint: what the person can do next."""

    status: int
    title_zh: str
    title_en: str
    hint_zh: str
    hint_en: str


_K = ProblemKind
PROBLEMS: dict[str, ProblemKind] = {
    # the request itself
    "bad_request": _K(
        400,
        "请求无法解析",
        "The request can't be read",
        "请检查请求格式，例如 JSON 是否完整。",
        "Check the form of the request: is the JSON whole?",
    ),
    "invalid_input": _K(
        422,
        "填写的内容有误",
        "Some input is not valid",
        "请按各字段的说明修改后重试。",
        "Mend the fields named under errors and send it again.",
    ),
    "not_found": _K(
        404, "没有找到", "Not found", "请检查地址，或返回上一页刷新。", "Check the address, or go back and reload."
    ),
    "method_not_allowed": _K(
        405,
        "不支持这种操作",
        "Method not allowed",
        "请使用 Allow 响应头中列出的方法。",
        "Use one of the methods in the Allow header.",
    ),
    "request_too_large": _K(
        413,
        "上传内容过大",
        "The upload is too large",
        "请减少照片数量或降低照片尺寸后重试。",
        "Send fewer or smaller photos.",
    ),
    "unsupported_media_type": _K(
        415,
        "不支持的内容类型",
        "Unsupported content type",
        "请按接口文档使用 JSON 或 multipart 表单。",
        "Use JSON or a multipart form, as documented.",
    ),
    "idempotency_key_reused": _K(
        422,
        "该 Idempotency-Key 已用于另一个请求",
        "This Idempotency-Key was used for another request",
        "请为新的请求生成新的 Idempotency-Key。",
        "Make a new key for a new request.",
    ),
    "too_many_attempts": _K(
        429,
        "操作过于频繁",
        "Too many attempts",
        "请稍后再试；等待时间见 Retry-After。",
        "Wait as long as Retry-After says, then try again.",
    ),
    "busy": _K(
        503,
        "系统繁忙",
        "The service is busy",
        "请几秒钟后重试，已提交的数据不会丢失。",
        "Try again in a few seconds; nothing acknowledged is lost.",
    ),
    "internal_error": _K(
        500,
        "系统出错",
        "Something went wrong on our side",
        "请稍后重试；如仍失败，请把 request_id 告诉管理员。",
        "Try again later; if it persists, give the request_id to an admin.",
    ),
    # who is calling
    "token_invalid": _K(401, "登录已失效", "Not signed in", "请重新登录。", "Sign in again."),
    "bad_credentials": _K(
        401,
        "继教编号或密码不正确",
        "Number or password is not right",
        "请核对后重试，或使用短信验证码登录、找回密码。",
        "Check both, or sign in by SMS code, or reset the password.",
    ),
    "bad_code": _K(
        401,
        "验证码不正确或已失效",
        "The code is wrong or no longer good",
        "请核对最新一条短信，或重新获取验证码。",
        "Look at the newest message, or ask for a new code.",
    ),
    "account_suspended": _K(
        403, "账号已停用", "The account is suspended", "请联系所在单位管理员。", "Ask the admin of your unit."
    ),
    "password_change_required": _K(
        403,
        "首次登录须修改初始密码",
        "The initial password must be changed first",
        "请先设置新密码。",
        "Set a new password first.",
    ),
    "forbidden": _K(
        403,
        "没有权限",
        "Not allowed",
        "请使用有权限的账号，或联系管理员。",
        "Use an account with the right role, or ask an admin.",
    ),
    "password_too_weak": _K(
        422,
        "新密码不符合要求",
        "The new password is not accepted",
        "至少 8 位，含两类字符，不能是编号、手机号、初始密码或常见密码。",
        "Eight characters or more of two kinds; not your number, your phone, the initial one or a common one.",
    ),
    "current_password_wrong": _K(
        422,
        "当前密码不正确",
        "The current password is wrong",
        "请核对当前密码，或通过短信找回。",
        "Check it, or reset it by SMS.",
    ),
    "phone_invalid": _K(
        422,
        "手机号不正确",
        "Not a mobile number",
        "请填写 11 位手机号或带国家代码的号码。",
        "Give a mobile number, with its country code if it isn't Chinese.",
    ),
    "sms_unavailable": _K(
        503,
        "短信暂时无法发送",
        "SMS can't be sent now",
        "请稍后重试，或使用密码登录。",
        "Try again later, or sign in by password.",
    ),
    # faces
    "consent_required": _K(
        422,
        "需要先同意最新版人脸信息处理告知",
        "Consent to the current text is needed first",
        "请阅读最新文本并单独同意；也可以选择不使用人脸的方式。",
        "Read the current text and consent to it, or use the way without a face.",
    ),
    "face_not_offered": _K(
        409,
        "本单位尚未启用人脸识别",
        "Face recognition is not enabled here",
        "请使用不需要人脸的签到方式，或联系管理员。",
        "Use the way without a face, or ask an admin.",
    ),
    "guardian_consent_required": _K(
        403,
        "未满十四周岁须由监护人同意",
        "A guardian must consent for those under fourteen",
        "请联系所在单位管理员。",
        "Ask the admin of your unit.",
    ),
    "face_not_enrolled": _K(
        409, "尚未完成人脸建档", "No face is enrolled yet", "请先在“人脸建档”中完成建档。", "Enrol your face first."
    ),
    "face_already_enrolled": _K(
        409,
        "人脸已建档，不能自行修改",
        "A face is already enrolled",
        "如需重新建档，请联系单位管理员，或撤回同意后重新建档。",
        "Ask an admin for a reset, or withdraw consent and enrol anew.",
    ),
    "face_belongs_to_another_account": _K(
        409,
        "该人脸已在另一账号建档",
        "This face is enrolled on another account",
        "已转管理员核实；请联系所在单位管理员。",
        "An admin will look at it; ask the admin of your unit.",
    ),
    "photo_too_large": _K(
        413,
        "照片文件过大",
        "The photo file is too large",
        "请使用较小的照片（不超过 12 MB）。",
        "Send a smaller photo, 12 MB at most.",
    ),
    "photo_too_many_pixels": _K(
        413, "照片像素过多", "The photo has too many pixels", "请降低分辨率后重试。", "Send it at a lower resolution."
    ),
    "photo_unsupported": _K(
        415,
        "不支持的照片格式",
        "Not a photo of a supported kind",
        "请使用 JPEG、PNG、WebP 或 HEIC 照片。",
        "Send a JPEG, PNG, WebP or HEIC photo.",
    ),
    "photo_broken": _K(
        422,
        "照片已损坏或不完整",
        "The photo is broken or not whole",
        "请重新拍摄或重新上传。",
        "Take or upload it again.",
    ),
    "photo_animated": _K(
        422, "不接受动态图片", "Animated pictures are not accepted", "请使用静态照片。", "Send a still photo."
    ),
    "no_face": _K(
        422,
        "没有检测到人脸",
        "No face was found",
        "请正对镜头，光线充足，靠近一些，摘下口罩。",
        "Face the camera in good light, come closer, take the mask off.",
    ),
    "multiple_faces": _K(
        422,
        "照片中有多张人脸",
        "There are several faces",
        "请确保只有您一人在镜头前。",
        "Only you should be in the picture.",
    ),
    "low_quality": _K(
        422,
        "照片质量不足",
        "The photo is not good enough",
        "请按提示调整光线、距离和角度后重拍。",
        "Mend light, distance or angle as advised, and take it again.",
    ),
    "not_one_person": _K(
        422,
        "几张照片不像同一个人",
        "The photos don't seem to show one person",
        "请重新拍摄本人照片。",
        "Take all photos of yourself anew.",
    ),
    "face_queue_full": _K(
        503,
        "人脸识别排队已满",
        "The face queue is full",
        "请几秒钟后重试，签到资格仍然有效。",
        "Try again in a few seconds; your ticket is still good.",
    ),
    "face_model_unknown": _K(
        409,
        "建档所用的识别模型已停用",
        "The face was enrolled with a model that is no longer in use",
        "请重新建档，或请工作人员协助签到。",
        "Enrol your face again, or ask the staff to check you in.",
    ),
    "face_engine_down": _K(
        503,
        "人脸识别暂不可用",
        "Face recognition is not available now",
        "请稍后重试，或请工作人员协助。",
        "Try again shortly, or ask the staff.",
    ),
    "already_decided": _K(409, "已经处理过", "Already decided", "请刷新后查看结果。", "Reload to see the result."),
    "second_admin_needed": _K(
        409,
        "须由另一位管理员批准",
        "Another admin must approve",
        "申请人不能批准自己的申请。",
        "Who asked can't also approve.",
    ),
    "number_taken": _K(
        409,
        "继教编号或手机号已被登记",
        "The number or the phone is somebody's already",
        "请核对；如确属本人，请联系管理员合并。",
        "Check both; if they are yours, ask an admin.",
    ),
    # attendance
    "qr_invalid": _K(
        422,
        "无法识别的考勤二维码",
        "Not a venue code",
        "请扫描会场屏幕上的二维码。",
        "Scan the code on the venue screen.",
    ),
    "qr_expired": _K(
        410,
        "二维码已过期",
        "The venue code has expired",
        "请重新扫描屏幕上的最新二维码。",
        "Scan the code that the screen shows now.",
    ),
    "not_on_roster": _K(
        403,
        "您不在本项目学员名单中",
        "You are not on the roster",
        "请联系主办方核对名单。",
        "Ask the organizer to check the roster.",
    ),
    "person_not_on_roster": _K(
        422,
        "名单中没有这个继教编号",
        "This number is not on the roster",
        "请核对编号，或先把此人加入名单。",
        "Check the number, or add the person to the roster first.",
    ),
    "outside_geofence": _K(
        403,
        "您不在会场范围内",
        "You are not at the venue",
        "请打开定位并在会场内重试，或请工作人员协助。",
        "Turn location on and try inside the venue, or ask the staff.",
    ),
    "session_not_open": _K(
        409,
        "当前不在考勤时间内",
        "The session is not open for this now",
        "请在规定的签到或签退时间内操作。",
        "Come back within the hours for checking in or out.",
    ),
    "ticket_invalid": _K(422, "签到凭证无效", "Not a valid ticket", "请重新扫码。", "Scan the venue code again."),
    "ticket_expired": _K(
        410,
        "签到凭证已过期",
        "The ticket has expired",
        "请重新扫码获取新的凭证。",
        "Scan the venue code again for a new one.",
    ),
    "ticket_not_yours": _K(
        403,
        "该签到凭证不属于您",
        "The ticket is not yours",
        "请用自己的账号和手机扫码。",
        "Scan with your own account and phone.",
    ),
    "face_mismatch": _K(
        403,
        "人脸与建档照片不符",
        "The face does not match",
        "请正对镜头、光线充足后重试；多次不成功请找工作人员。",
        "Try again in good light; if it keeps failing, ask the staff.",
    ),
    "liveness_failed": _K(
        403,
        "活体检测未通过",
        "The liveness check failed",
        "请按提示完成动作后重试。",
        "Follow the instructions and try again.",
    ),
    "not_waiting_for_review": _K(
        409,
        "该签到不在待审核状态",
        "This check-in is not waiting for review",
        "请刷新后查看当前状态。",
        "Reload to see its status.",
    ),
    "period_invalid": _K(
        422,
        "起止时间不正确",
        "The times don't fit",
        "结束时间须晚于开始时间，日期须在项目期间内。",
        "The end must come after the start, within the project's dates.",
    ),
    "geofence_required": _K(
        422,
        "打印的二维码必须设置地理围栏",
        "A printed code needs a geofence",
        "请填写会场坐标和半径，或改用动态二维码。",
        "Give the venue's place and radius, or use a rotating code.",
    ),
    "unit_needed": _K(
        422,
        "请指明举办单位",
        "The unit is needed",
        "您是多个单位的主办方，请填写 unit_id。",
        "You organize for several units: say which one in unit_id.",
    ),
    "zone_unknown": _K(
        422,
        "无法识别的时区",
        "Not a known time zone",
        "请填写 IANA 时区名，例如 Asia/Shanghai。",
        "Give an IANA name, such as Asia/Shanghai.",
    ),
    # credits
    "already_granted": _K(
        409,
        "该学分已经授予",
        "These credits were granted before",
        "同一项目对同一人只授予一次；如需更正，请先冲销原记录。",
        "A source grants a person once; take the grant back first if it must be corrected.",
    ),
    "still_granted": _K(
        409,
        "原学分尚未冲销",
        "The grant before still stands",
        "请先冲销原记录，再授予更正后的学分。",
        "Take the grant back before a corrected one follows.",
    ),
    "already_reversed": _K(
        409,
        "该学分已经冲销",
        "The grant was taken back before",
        "无需再次冲销。",
        "There is nothing left to take back.",
    ),
    "no_rule": _K(
        422,
        "没有适用的学分规则",
        "No rule gives credits for this",
        "请检查学分类别，或请主管部门补充规则。",
        "Check the category, or have the authority add a rule.",
    ),
    "no_rule_set": _K(
        404,
        "没有该版本的学分规则",
        "No such version of a rule set",
        "请在 GET /api/v1/rule-sets 中查看现有版本。",
        "GET /api/v1/rule-sets lists the versions there are.",
    ),
    "import_has_errors": _K(
        409,
        "导入的数据有误",
        "Rows of the import have errors",
        "请按列出的行和字段修改后重新导入，全部正确才能提交。",
        "Mend the rows named under errors and import them again: all of them or none.",
    ),
    "import_undone": _K(
        409,
        "该导入已撤销",
        "The import was undone",
        "请重新导入。",
        "Import the rows again.",
    ),
    "import_not_committed": _K(
        409,
        "该导入尚未提交",
        "The import was never committed",
        "未提交的导入没有任何影响，无需撤销。",
        "Nothing of it counts yet, so there is nothing to undo.",
    ),
    "exemption_unknown": _K(
        422,
        "没有这种减免类型",
        "No such exemption",
        "请使用当年学分规则中列出的减免类型。",
        "Use one of the exemptions in that year's rule set.",
    ),
    "ledger_altered": _K(
        409,
        "学分账与已签名的记录不一致",
        "The ledger doesn't agree with what was signed",
        "有人绕过系统改动了数据库。请立即保留现场并联系系统管理员。",
        "Somebody changed the database behind the service: keep it as it is and call the system's operator.",
    ),
}
