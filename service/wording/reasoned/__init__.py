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
        "check_out": ("须签退（项目条件 check_out）", "it needs check-out (condition check_out of the project)"),
        "counts_false": ("须设为不计考勤（counts: false）", "it needs counts: false"),
    },
    "role": PEOPLE["Role"],
    "waits_for": CLAIM_WORDS["ReviewLevel"],
    "claim_status": CLAIM_WORDS["ClaimStatus"],
    "missing": {"credits": ("学分 credits", "credits"), "hours": ("学时 hours", "hours")},
}
"""The words of facts that are codes."""
LISTS = ("、", ", ")

WAIT = {
    "seconds": ("请等待 {number} 秒后再试。", "Wait {number} seconds, then try again."),
    "minutes": ("请等待 {number} 分钟后再试。", "Wait {number} minutes, then try again."),
    "hours": ("请等待 {number} 小时后再试。", "Wait {number} hours, then try again."),
}
"""Added to the hint of each refusal that says when another try makes sense."""
