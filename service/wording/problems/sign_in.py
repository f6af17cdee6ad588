"""Errors of proving who somebody is."""

from service.wording.problems.kinds import ProblemKind

SIGN_IN: dict[str, ProblemKind] = {
    "proof_required": ProblemKind(
        401,
        "初始密码不足以登录，须证明是本人",
        "The initial password alone opens nothing: prove that it is you",
        "请任选一种方式证明是本人：短信验证码、证件号后四位和姓名，或单位管理员开具的一次性密码条（作为密码登录）。",
        "Choose one proof: a code by SMS, the last four of your ID number with your name, or a one-time slip "
        "from your unit's admin, used as the password.",
    ),
    "proof_wrong": ProblemKind(
        401,
        "身份证明不正确",
        "The proof is wrong",
        "请核对后重试；短信验证码可重新获取，也可向单位管理员领取一次性密码条。",
        "Check it and try again: ask for a new SMS code, or get a slip from your unit's admin.",
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
        "请用当前密码，或发往原手机的验证码证明；都不能提供时，请携带证件到单位管理员处办理。",
        "Give your password, or a code to the old phone. If you can give neither, go to your unit's admin in person.",
    ),
    "foreign_origin": ProblemKind(
        403,
        "请求并非来自本系统页面",
        "The request does not come from a page of this service",
        "请从系统正式网址打开页面再试；登录状态未受影响。",
        "Open the page at the service's own address and try again. Your sign-in goes on.",
    ),
    "last_system_admin": ProblemKind(
        409,
        "此人是最后一位系统管理员",
        "This is the last system admin",
        "请先授予另一人全省系统管理员角色，再停用或收回此人的权限。",
        "Make somebody else system admin of the whole province first.",
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
    "otp_required": ProblemKind(
        401,
        "还需要动态口令",
        "A second factor is needed",
        "请输入认证器的动态码、恢复码，或发到本人手机的登录验证码；只用短信登录的，请改用继教编号和密码登录，"
        "再输入短信验证码。",
        "Enter a code of your app, a recovery code, or the sign-in code that was sent to your phone. If you "
        "sign in by SMS alone, sign in with number and password instead, and then enter the SMS code.",
    ),
    "otp_wrong": ProblemKind(
        401,
        "动态码不正确或已使用",
        "The code of the second factor is wrong or was used",
        "每个码只能用一次：请等待下一个动态码，并检查手机时间；也可使用恢复码。",
        "Each code works once: wait for the next one, and check the clock of your phone. Or use a recovery code.",
    ),
    "second_factor_required": ProblemKind(
        403,
        "您的角色须先启用动态口令",
        "Your role needs a second factor first",
        "请先在“更多”的“两步验证”中设置认证器；主办方、科室和单位管理员也可用密码加短信验证码重新登录。",
        "Set one up first, at “Second factor” under “More”. Organizers, department and unit admins may "
        "instead sign in again with their password and a code by SMS.",
    ),
    "own_credits_only": ProblemKind(
        403,
        "此登录方式只能查看本人学分和学分证书",
        "This sign-in opens only your own credits and certificates",
        "此登录可查看本人的学分、学分证书及其文件；其他功能需使用继教编号登录。",
        "By ID number and phone, people of other provinces reach their credits, their certificates and the "
        "files of these. All else needs a CME number.",
    ),
    "second_factor_kept": ProblemKind(
        403,
        "您的角色不能停用动态口令",
        "Your role needs the second factor",
        "如需更换手机，请重新设置认证器，新的确认后旧的自动失效。",
        "To move to another phone, set up a new one: it takes the place of the old one once it is confirmed.",
    ),
    "second_factor_not_begun": ProblemKind(
        409,
        "没有待确认的认证器",
        "There is no second factor to confirm",
        "请重新开始设置，获取新的密钥。",
        "Begin again, to get a new secret.",
    ),
    "second_factor_missing": ProblemKind(
        409,
        "该账号未启用动态口令",
        "This account has no second factor",
        "无需停用。",
        "Nothing needs to be removed.",
    ),
    "sign_in_idle": ProblemKind(
        401,
        "长时间未操作，已自动退出",
        "The sign-in ended because it was not used",
        "请重新登录。管理人员和主办方的登录在一段时间不操作后自动结束。",
        "Sign in again. Sign-ins of people with a role end when they are not used for some time.",
    ),
}
