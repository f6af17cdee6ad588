"""What is wrong with the request itself, or with who is calling."""

from service.wording.problems.kinds import ProblemKind

REQUESTS: dict[str, ProblemKind] = {
    "bad_request": ProblemKind(
        400,
        "请求无法解析",
        "The request can't be read",
        "请检查请求格式，例如 JSON 是否完整。",
        "Check the format of the request, for example whether the JSON is complete.",
    ),
    "invalid_input": ProblemKind(
        422,
        "填写的内容有误",
        "Some input is not valid",
        "请按各字段的说明修改后重试。",
        "Correct the fields listed under errors and send the request again.",
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
        "请减少照片数量、降低照片尺寸，或把文件拆分后分批上传。",
        "Send fewer or smaller photos, or split the file.",
    ),
    "photos_too_large": ProblemKind(
        413,
        "照片合计过大",
        "The photos are too large together",
        ("每次最多五张，每张不超过 12 MB。动态照片（实况）带有视频：请关闭该功能后重拍，或另存为静态照片再上传。"),
        (
            "Send five photos at most, of 12 MB each. A motion photo (Live Photo) holds a video: switch motion "
            "off and take the photo again, or save it as a still photo."
        ),
    ),
    "json_too_large": ProblemKind(
        413,
        "请求内容过大",
        "The body of the request is too large",
        "内容过多，请分批提交；登录后可以提交更多。",
        "Send it in parts. After sign-in it may be larger.",
    ),
    "form_too_large": ProblemKind(
        413,
        "表单字段过多或过长",
        "The form has too many fields, or too long ones",
        "表单内容过多，请减少后再提交。",
        "The form holds too much: shorten it and send it again.",
    ),
    "json_too_deep": ProblemKind(
        400,
        "JSON 嵌套过深",
        "The JSON is nested too deeply",
        "请按接口文档组织内容；最多 limit_levels 层。",
        "Follow the documentation: at most limit_levels levels of lists and objects.",
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
        "Use a new Idempotency-Key for a new request.",
    ),
    "edited_meanwhile": ProblemKind(
        412,
        "内容已被他人修改",
        "Somebody changed this meanwhile",
        "请重新加载最新内容，核对后再提交修改。",
        "Load it again, look at what changed, and send your edit once more.",
    ),
    "too_many_attempts": ProblemKind(
        429,
        "操作过于频繁",
        "Too many attempts",
        "请稍后再试。",
        "Try again later.",
    ),
    "busy": ProblemKind(
        503,
        "系统繁忙",
        "The service is busy",
        "请几秒钟后重试，已提交的数据不会丢失。",
        "Try again in a few seconds. Data that was already saved is not lost.",
    ),
    "storage_full": ProblemKind(
        503,
        "存储空间已满，暂时无法保存",
        "The storage is full: nothing can be saved now",
        "没有保存任何内容，查询不受影响；请稍后用同一请求重试，并通知管理员清理磁盘空间。",
        "Nothing was saved; reading still works. Ask an admin to free disk space, then send the request again.",
    ),
    "internal_error": ProblemKind(
        500,
        "系统出错",
        "Something went wrong on our side",
        "请稍后重试；如仍失败，请把本次请求的编号告诉管理员。",
        "Try again later. If it fails again, give the number of this request to an admin.",
    ),
    "token_invalid": ProblemKind(401, "登录已失效", "Not signed in", "请重新登录。", "Sign in again."),
    "bad_credentials": ProblemKind(
        401,
        "继教编号或密码不正确",
        "The number or the password is wrong",
        "请核对后重试，或使用短信验证码登录、找回密码。",
        "Check both, sign in with an SMS code, or reset your password.",
    ),
    "puzzle_required": ProblemKind(
        429,
        "当前登录失败过多，本设备须先完成一次计算验证",
        "Many sign-ins are failing now: this device must solve a puzzle first",
        "请附上 puzzle 重试：sha256(challenge + answer) 开头须有 bits 个零位；也可使用短信验证码登录。",
        "Send it again with `puzzle` (challenge, answer): sha256(challenge + answer) begins with `bits` zero bits. "
        "Or use a code by SMS.",
    ),
    "link_path_invalid": ProblemKind(
        422,
        "该地址不能生成下载链接",
        "No download link leads there",
        "请填写 /api/v1/ 下需登录的 GET 地址（可带查询参数），不含主机名；登录接口与事件流除外。",
        "Give the path of a GET below /api/v1/ that needs a sign-in, with its query and without a host. "
        "Routes of sign-in and event streams have no links.",
    ),
    "link_used_up": ProblemKind(
        410,
        "下载链接已使用或已过期",
        "The download link was used, or has expired",
        "请返回原页面重新下载；每个链接六十秒内可用一次。",
        "Go back and start the download again: a link works once, within sixty seconds.",
    ),
    "link_prefetched": ProblemKind(
        403,
        "下载链接不支持预加载",
        "A download link can't be fetched ahead",
        "请直接点击链接下载；本次请求没有使用该链接。",
        "Open the link itself. This request did not use it up.",
    ),
    "bad_code": ProblemKind(
        401,
        "验证码不正确或已失效",
        "The code is wrong or has expired",
        "请核对最新一条短信，或重新获取验证码。",
        "Check the newest message, or request a new code.",
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
    "password_not_set": ProblemKind(
        409,
        "账号尚未设置密码",
        "The account has no password yet",
        "请用短信验证码登录；要设置密码，请用“找回密码”的短信验证码设置。",
        "Sign in with an SMS code. To set a password, reset it with a code by SMS.",
    ),
    "own_details": ProblemKind(
        403,
        "不能修改自己的姓名或单位",
        "Nobody changes their own name or unit",
        "请由另一位管理员修改。",
        "Ask another admin to change it.",
    ),
    "own_role": ProblemKind(
        403,
        "不能给自己授予角色",
        "Nobody can give themselves a role",
        "请由另一位有权限的管理员授予。",
        "Ask another admin who may give this role.",
    ),
    "role_too_high": ProblemKind(
        403,
        "此人的角色高于您的权限范围",
        "This person holds a role above yours",
        "请由有权授予该角色的管理员办理。",
        "Ask an admin who may give this role.",
    ),
    "roles_exclusive": ProblemKind(
        409,
        "审计员不能兼任系统管理员",
        "An auditor can't be a system admin too",
        "请先收回此人的另一角色，或改授他人。",
        "Take the person's other role away first, or give this one to somebody else.",
    ),
    "unit_kind_invalid": ProblemKind(
        422,
        "单位类型不能高于或等同于上级单位",
        "A unit of this kind can't be below that one",
        "类型从高到低为省、市、县、医院、科室：请选择更低的类型，或改选上级单位。",
        (
            "From top to bottom the kinds are province, city, county, hospital and department: choose a lower one"
            ", or another parent."
        ),
    ),
    "forbidden": ProblemKind(
        403,
        "没有权限",
        "Not allowed",
        "请使用有权限的账号，或联系管理员。",
        "Use an account with the required role, or ask an admin.",
    ),
    "password_too_weak": ProblemKind(
        422,
        "新密码不符合要求",
        "The new password is not accepted",
        "至少 8 位，含两类字符，不能是编号、手机号、初始密码或常见密码。",
        "Use at least 8 characters of two kinds. Don't use your number, your phone, the initial or a common one.",
    ),
    "current_password_wrong": ProblemKind(
        422,
        "当前密码不正确",
        "The current password is wrong",
        "请核对当前密码，或通过短信找回。",
        "Check your current password, or reset it by SMS.",
    ),
    "phone_invalid": ProblemKind(
        422,
        "手机号不正确",
        "The mobile number is not valid",
        "请填写 11 位手机号或带国家代码的号码。",
        "Enter a mobile number of 11 digits, or a number with its country code.",
    ),
}
