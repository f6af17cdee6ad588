"""Bodies of notices."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field

from attendance.own.own_notices import ListedNotice
from foundation.clock import HOME
from models.notices import NoticeTopic
from models.projects import Session as VenueSession
from models.settlements import SettlementLine
from service.edge.answers.bodies import Body, Out, Page
from service.edge.answers.briefs import ProjectBrief, beside
from service.edge.answers.paging import ListOut
from service.edge.answers.problems import in_callers_language
from service.wording.notices import (
    BECAUSE,
    CLAIM_DECISIONS,
    DECISIONS,
    DIRECTIONS,
    FOLLOWING,
    GRANTED,
    LAST_MOMENT,
    LEFT_OUT,
    MARKS,
    NOTICES,
    PASSED,
    REPORT_TODO,
    STAFF,
    WHEN,
)
from service.wording.notices_about_people import FACE_DECISIONS
from service.wording.reasons import REASONS
from service.wording.vocabulary.activities import ACTIVITIES
from service.wording.vocabulary.profiles import PROFILES

_AS_THEY_ARE = ("activity", "credits", "due_on", "before", "after", "number", "replaces", "letters", "subject")


class NoticesAsked(Page):
    """Which notices: all, or those that are not read."""

    unread: bool = False


class NoticesRead(Body):
    """The notices to mark as read."""

    ids: Annotated[list[uuid.UUID], Field(max_length=200)]


class NoticeOut(Out):
    """A notice. title, text: in the caller's language. project_id, session_id: what it is about, null for neither."""

    id: uuid.UUID
    topic: NoticeTopic
    at: datetime
    read_at: datetime | None
    title: str
    text: str
    project_id: uuid.UUID | None
    project: ProjectBrief | None = beside("project_id")
    session_id: uuid.UUID | None

    @classmethod
    def of_listed(cls, listed: ListedNotice) -> "NoticeOut":
        """Return what a notice looks like, in the caller's language."""
        notice = listed.notice
        title, text = NOTICES[notice.topic]
        return cls(
            id=notice.id,
            topic=notice.topic,
            at=notice.at,
            read_at=notice.read_at,
            title=in_callers_language(title),
            text=in_callers_language(text).format(**_facts(listed)).strip(),
            project_id=notice.project_id,
            session_id=notice.session_id,
        )


class NoticeList(ListOut):
    """A page of notices, newest first. unread: how many are not read, of all."""

    items: list[NoticeOut]
    next_cursor: str | None
    unread: int


def _facts(listed: ListedNotice) -> dict[str, Any]:
    """Return what stands between the braces of the words."""
    facts, session = listed.notice.facts, listed.session
    claimed, of_face = facts.get("claim_decision"), facts.get("face_decision")
    found = {
        "project": listed.project.name if listed.project else "",
        "session": session.title if session else "",
        "venue": session.venue if session else "",
        "starts_at": session.starts_at.astimezone(ZoneInfo(session.zone)).strftime("%Y-%m-%d %H:%M") if session else "",
        "because": "",
        "until": _until(facts, session),
        "following": "",
        "todo": in_callers_language(REPORT_TODO[facts["is_confirmed"]]) if "is_confirmed" in facts else "",
        "by": listed.by or in_callers_language(STAFF),
        "direction": in_callers_language(DIRECTIONS[facts["direction"]]) if "direction" in facts else "",
        "when": _when(facts, session),
        "mark": in_callers_language(MARKS[facts["mark"]]) if "mark" in facts else "",
        "decision": in_callers_language(DECISIONS[facts["decision"]]) if "decision" in facts else "",
        "field": in_callers_language(PROFILES["ProfileField"][facts["field"]]) if "field" in facts else "",
        "tasks": in_callers_language(("、", ", ")).join(
            in_callers_language(ACTIVITIES["StaffTask"][task]) for task in facts.get("tasks", ())
        ),
        "claim_decision": in_callers_language(CLAIM_DECISIONS[claimed]) if claimed else "",
        "face_decision": in_callers_language(FACE_DECISIONS[of_face]) if of_face else "",
        **{name: facts.get(name, "") for name in _AS_THEY_ARE},
        "passed": in_callers_language(PASSED[facts["passed"]]) if "passed" in facts else "",
        "result": _result(listed.line) if listed.line else "",
    }
    if facts.get("following"):
        found["following"] = in_callers_language(FOLLOWING).format(number=facts["following"])
    if facts.get("reason"):
        found["because"] = in_callers_language(BECAUSE).format(reason=facts["reason"])
    return found


def _when(facts: Mapping[str, Any], session: VenueSession | None) -> str:
    """Return, in brackets, the past time for which staff entered something; nothing where that was the present."""
    return in_callers_language(WHEN).format(at=_told(facts["when"], session)) if "when" in facts else ""


def _until(facts: Mapping[str, Any], session: VenueSession | None) -> str:
    """Return the last moment in words: by the clock of the session's venue, or by that of the province."""
    if "until" not in facts:
        return in_callers_language(LAST_MOMENT)
    return _told(facts["until"], session)


def _told(at: str, session: VenueSession | None) -> str:
    zone = ZoneInfo(session.zone) if session else HOME
    return datetime.fromisoformat(at).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _result(line: SettlementLine) -> str:
    if line.credits is not None:
        return in_callers_language(GRANTED).format(credits=line.credits, counted=line.counted)
    told = [in_callers_language(REASONS.get(reason, (reason, reason))) for reason in line.reasons]
    return in_callers_language(LEFT_OUT).format(reasons=in_callers_language(("、", ", ")).join(told))
