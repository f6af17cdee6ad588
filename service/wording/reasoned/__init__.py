"""Hints that name facts of a refusal, by its code and its fact `why`, or "" for any: Chinese and English.

The names between braces are facts of the refusal. An instant is shown by the clock of the fact `zone`. Where a fact of
a text is missing, the plain hint of the catalogue is told.
"""

from service.wording.reasoned.claims import CLAIMS
from service.wording.reasoned.door import DOOR
from service.wording.reasoned.work import WORK
from service.wording.vocabulary.activities import ACTIVITIES
from service.wording.vocabulary.claims import CLAIMS as CLAIM_WORDS
from service.wording.vocabulary.credits import CREDITS
from service.wording.vocabulary.people import PEOPLE

HINTS: dict[tuple[str, str], tuple[str, str]] = {**DOOR, **WORK, **CLAIMS}

ALSO: dict[str, tuple[str, str]] = {
    "days": ("涉及日期：{days}。", "The days are: {days}."),
    "on": ("不能更改的是 {on} 的场次，因此所有场次都未更改。", "It is the session of {on}, so none was changed."),
    "own_place": (
        "您在本项目的名额：“{own_place[title]}”，{own_place[opens_at]} 起签到，地点：{own_place[venue]}。",
        "Your place in this project is at “{own_place[title]}”, {own_place[venue]}: check-in opens at "
        "{own_place[opens_at]}.",
    ),
    "reason": ("原因：{reason}。", "Reason: {reason}."),
    "out_opens_at": ("签退于 {out_opens_at} 开放。", "Check-out opens at {out_opens_at}."),
    "next_session": (
        "本项目下一场：“{next_session[title]}”，{next_session[opens_at]} 起签到，地点：{next_session[venue]}。",
        "The next session of this project is “{next_session[title]}” at {next_session[venue]}: check-in opens at "
        "{next_session[opens_at]}.",
    ),
    "tries_left": ("本凭证还可尝试 {tries_left} 次。", "Tries left with this ticket: {tries_left}."),
    "tries_left=0": ("本凭证的尝试次数已用完，请重新扫码。", "No try is left with this ticket: scan the code again."),
    "by": ("最晚于 {by} 完成。", "It will be done by {by} at the latest."),
    "ask": ("可联系{ask[unit]}管理员：{ask[admins]}。", "You can ask the admins of {ask[unit]}: {ask[admins]}."),
}
"""Sentences that a fact adds to the hint, whatever the code is; with `=` for one value of it."""

WORDS_OF_FACTS = {
    "quantity_unit": CREDITS["QuantityUnit"],
    "direction": ACTIVITIES["Direction"],
    "project_status": ACTIVITIES["ProjectStatus"],
    "next": ACTIVITIES["ProjectStatus"],
    "needs": {
        "check_out": ("须签退", "it needs check-out"),
        "counts_false": ("须设为不计考勤", "it must not count for attendance"),
    },
    "role": PEOPLE["Role"],
    "waits_for": CLAIM_WORDS["ReviewLevel"],
    "claim_status": CLAIM_WORDS["ClaimStatus"],
    "missing": {"credits": ("学分", "credits"), "hours": ("学时", "hours")},
    "fields": {
        "reason": ("原因", "reason"),
        "comment": ("审核意见", "comment"),
        "unit_id": ("单位", "unit"),
        "name": ("名称", "name"),
        "number": ("编号", "number"),
        "category": ("学分类别", "category"),
        "activity_name": ("活动名称", "activity"),
        "activity_date": ("活动日期", "day of the activity"),
        "starts_on": ("开始日期", "first day"),
        "ends_on": ("结束日期", "last day"),
        "discipline_l3": ("三级学科", "sub-discipline"),
        "rule": ("具体规定", "rule"),
        "rank": ("本人位次", "rank"),
        "words": ("字数", "number of words"),
        "quantity": ("数量", "quantity"),
        "hours": ("学时", "hours"),
        "credits": ("学分", "credits"),
        "likeness_reason": ("不是同一活动的理由", "why it is another activity"),
    },
    "proofs": {
        "sms": ("发到本人手机的短信验证码", "a code by SMS to your phone"),
        "id_last_four": ("证件号后四位和姓名", "the last four of your ID number with your name"),
        "slip": (
            "单位管理员开具的一次性密码条（作为密码登录）",
            "a one-time slip from your unit's admin, used as the password",
        ),
        "password": ("当前密码", "your password"),
        "old_code": ("发往原手机的验证码", "a code to the old phone"),
    },
    "factors": {
        "totp": ("认证器的动态码", "a code of your app"),
        "recovery_code": ("恢复码", "a recovery code"),
        "sms": ("发到本人手机的登录验证码", "the sign-in code that was sent to your phone"),
        "password": (
            "改用继教编号和密码登录，再输入短信验证码",
            "sign in with number and password instead, and then enter the SMS code",
        ),
    },
}
"""The words of facts that are codes."""
LISTS = ("、", ", ")

WAIT = {
    "seconds": ("请等待 {number} 秒后再试。", "Wait {number} seconds, then try again."),
    "minutes": ("请等待 {number} 分钟后再试。", "Wait {number} minutes, then try again."),
    "hours": ("请等待 {number} 小时后再试。", "Wait {number} hours, then try again."),
}
"""Added to the hint of each refusal that says when another try makes sense."""
