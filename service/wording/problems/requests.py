"""What is wrong with the request itself, or with who is calling."""

from service.wording.problems.kinds import ProblemKind

REQUESTS: dict[str, ProblemKind] = {
    "bad_request": ProblemKind(
        400,
        "请求无法解析",
        "The request can't be read",
        "请检查请求格式，例如 JSON 是否完整。",
        "Check the form of the request: is the JSON whole?",
    ),
    "invalid_input": ProblemKind(
        422,
        "填写的内容有误",
        "Some input is not valid",
        "请按各字段的说明修改后重试。",
        "Mend the fields named under errors and send it again.",
    ),
    "not_found": ProblemKind(
        404, "没有找到", "Not found", "请检查地址，或返回上一页刷新。", "Check the address, or go back and reload."
    ),
    "method_not_allowed": ProblemKind(
        405,
        "不支持这种操作",
        "Method not allowed",
        "请使用 Allow 响应头中列出的方法。",
        "Use one of the methods in the Allow header.",
    ),
    "request_too_large": ProblemKind(
        413,
        "上传内容过大",
        "The upload is too large",
        "请减少照片数量或降低照片尺寸后重试。",
        "Send fewer or smaller photos.",
    ),
    "unsupported_media_type": ProblemKind(
        415,
        "不支持的内容类型",
        "Unsupported content type",
        "请按接口文档使用 JSON 或 multipart 表单。",
        "Use JSON or a multipart form, as documented.",
    ),
    "idempotency_key_reused": ProblemKind(
        422,
        "该 Idempotency-Key 已用于另一个请求",
        "This Idempotency-Key was used for another request",
        "请为新的请求生成新的 Idempotency-Key。",
        "Make a new key for a new request.",
    ),
    "too_many_attempts": ProblemKind(
        429,
        "操作过于频繁",
        "Too many attempts",
        "请稍后再试；等待时间见 Retry-After。",
        "Wait as long as Retry-After says, then try again.",
    ),
    "busy": ProblemKind(
        503,
        "系统繁忙",
        "The service is busy",
        "请几秒钟后重试，已提交的数据不会丢失。",
        "Try again in a few seconds; nothing acknowledged is lost.",
    ),
    "internal_error": ProblemKind(
        500,
        "系统出错",
        "Something went wrong on our side",
        "请稍后重试；如仍失败，请把 request_id 告诉管理员。",
        "Try again later; if it persists, give the request_id to an admin.",
    ),
    "token_invalid": ProblemKind(401, "登录已失效", "Not signed in", "请重新登录。", "Sign in again."),
    "bad_credentials": ProblemKind(
        401,
        "继教编号或密码不正确",
        "Number or password is not right",
        "请核对后重试，或使用短信验证码登录、找回密码。",
        "Check both, or sign in by SMS code, or reset the password.",
    ),
    "bad_code": ProblemKind(
        401,
        "验证码不正确或已失效",
        "The code is wrong or no longer good",
        "请核对最新一条短信，或重新获取验证码。",
        "Look at the newest message, or ask for a new code.",
    ),
    "account_suspended": ProblemKind(
        403, "账号已停用", "The account is suspended", "请联系所在单位管理员。", "Ask the admin of your unit."
    ),
    "password_change_required": ProblemKind(
        403,
        "首次登录须修改初始密码",
        "The initial password must be changed first",
        "请先设置新密码。",
        "Set a new password first.",
    ),
    "forbidden": ProblemKind(
        403,
        "没有权限",
        "Not allowed",
        "请使用有权限的账号，或联系管理员。",
        "Use an account with the right role, or ask an admin.",
    ),
    "password_too_weak": ProblemKind(
        422,
        "新密码不符合要求",
        "The new password is not accepted",
        "至少 8 位，含两类字符，不能是编号、手机号、初始密码或常见密码。",
        "Eight characters or more of two kinds; not your number, your phone, the initial one or a common one.",
    ),
    "current_password_wrong": ProblemKind(
        422,
        "当前密码不正确",
        "The current password is wrong",
        "请核对当前密码，或通过短信找回。",
        "Check it, or reset it by SMS.",
    ),
    "phone_invalid": ProblemKind(
        422,
        "手机号不正确",
        "Not a mobile number",
        "请填写 11 位手机号或带国家代码的号码。",
        "Give a mobile number, with its country code if it isn't Chinese.",
    ),
}
