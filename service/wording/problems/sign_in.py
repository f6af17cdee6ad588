"""Errors of proving who somebody is."""

from service.wording.problems.kinds import ProblemKind

SIGN_IN: dict[str, ProblemKind] = {
    "proof_required": ProblemKind(
        401,
        "初始密码不足以登录，须证明是本人",
        "The initial password alone opens nothing: prove that it is you",
        "请按 proofs 任选一种：sms（获取短信验证码后以 proof.code 提交）、id_last_four（证件号后四位和姓名）、"
        "slip（向单位管理员领取一次性密码条，作为密码登录）。",
        "Give one of `proofs`: sms (ask for an SMS code, send it as `proof.code`), id_last_four (with the name), "
        "or slip (a one-time slip from your unit's admin, used as the password).",
    ),
    "proof_wrong": ProblemKind(
        401,
        "身份证明不正确",
        "The proof is wrong",
        "请按 proofs 所列方式核对后重试；短信验证码可重新获取，也可向单位管理员领取一次性密码条。",
        "Check it against `proofs` and try again: ask for a new SMS code, or get a slip from your unit's admin.",
    ),
    "too_many_phones": ProblemKind(
        429,
        "本设备今天请求验证码的手机号过多",
        "This device has asked for codes to too many phones today",
        "请明天再试，或使用自己的设备。",
        "Try again tomorrow, or use a device of your own.",
    ),
    "sign_in_busy": ProblemKind(
        503,
        "登录的人较多，请稍候",
        "Many people are signing in right now",
        "请几秒后重试；这次尝试不计入次数。也可用短信验证码登录。",
        "Try again in a few seconds; this try does not count. You can also sign in with an SMS code.",
    ),
    "sms_exhausted": ProblemKind(
        503,
        "今日短信发送量已达上限",
        "No more messages can be sent today",
        "请使用密码登录，或联系单位管理员；已通知系统运维。",
        "Sign in with your password, or ask your unit's admin. The operator has been told.",
    ),
    "phone_taken": ProblemKind(
        409,
        "该手机号已用于其他账号",
        "Another account has this phone",
        "请使用其他手机号；如该号码确属本人，请联系单位管理员。",
        "Use another phone. If it is yours, ask your unit's admin.",
    ),
    "phone_proof_required": ProblemKind(
        403,
        "更换手机号还需证明账号属于本人",
        "To change the phone, prove that the account is yours",
        "请按 proofs 任选一种：password（当前密码）或 old_code（发往原手机的验证码）；"
        "都不能提供时，请携带证件到单位管理员处办理。",
        "Give one of `proofs`: password, or old_code (a code to the old phone). If you can give neither, go to your "
        "unit's admin in person.",
    ),
    "foreign_origin": ProblemKind(
        403,
        "请求并非来自本系统页面",
        "The request does not come from a page of this service",
        "请从系统正式网址打开页面再试；登录状态未受影响。",
        "Open the page at the service's own address and try again. Your sign-in goes on.",
    ),
    "own_account": ProblemKind(
        403,
        "不能给自己开具一次性密码条",
        "Nobody makes a password slip for themselves",
        "请修改密码，或由另一位管理员办理。",
        "Change your password, or ask another admin.",
    ),
    "id_number_invalid": ProblemKind(
        422,
        "证件号不正确",
        "The ID number is not valid",
        "请核对：身份证号为 18 位且校验位正确，其他证件为 5 至 17 位字母或数字。",
        "Check it: a resident ID has 18 characters with the right check digit, other documents 5 to 17.",
    ),
}
