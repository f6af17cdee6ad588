"""The rule for names of activities (M-3.0.8): they tell the content, and are no mere kind of learning like 大查房."""

import unicodedata
import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from credit.access import AUTHORITY
from credit.errors import ClaimInvalid
from foundation import audit
from foundation.callers import Caller
from foundation.errors import Forbidden
from models.claims import ClaimNameWord
from models.people import Unit, UnitKind

SHORTEST = 4
"""Characters of a name, signs and blanks apart (O-8, A)."""
DEFAULT_WORDS = (
    # M-3.0.8 names the first two; the others are the kinds of activities of M-3.0.4 and M-4.1.6 (A)
    "大查房", "病例讨论会", "病例讨论", "教学查房", "业务学习", "科室业务学习", "学术活动", "学术讲座", "学术会议",
    "专题讲座", "继续教育", "继续医学教育", "培训班", "学习班", "业务培训", "外出进修", "外出学习", "多科室案例讨论会",
    "案例讨论会", "自学综述", "自学笔记", "科研立项", "发表论文", "医学译文", "远程教育",
)  # fmt: skip
"""The list until somebody edits it."""
_LIST = uuid.UUID("5d0c3f9e-31f1-4b7c-9d5e-6a0f6d1b7c11")
"""Stands for the list in the audit trail, which has no row of its own."""


def bare(name: str) -> str:
    """Return a name as it is compared: width and case levelled, blanks and punctuation at its ends left out."""
    levelled = unicodedata.normalize("NFKC", name).casefold()
    first, last = 0, len(levelled)
    while first < last and not levelled[first].isalnum():
        first += 1
    while last > first and not levelled[last - 1].isalnum():
        last -= 1
    return levelled[first:last]


def check_name(db: Session, name: str) -> None:
    """Raise ClaimInvalid if a name is too short, or one of the words of the list and nothing more."""
    stripped = bare(name)
    if sum(sign.isalnum() for sign in stripped) < SHORTEST:
        raise ClaimInvalid(field="activity_name", facts={"why": "name_too_short", "least": SHORTEST})
    if stripped in list_words(db):
        raise ClaimInvalid(field="activity_name", facts={"why": "kind_of_learning"})


def list_words(db: Session) -> list[str]:
    """Return the words that are no name of an activity, in their order."""
    return list(db.scalars(select(ClaimNameWord.word).order_by(ClaimNameWord.word))) or sorted(DEFAULT_WORDS)


def set_words(db: Session, words: Collection[str], *, reason: str | None, caller: Caller, now: datetime) -> list[str]:
    """Replace the words, which is audited. Claims that are there already stay.

    Raises Forbidden for who is not the authority of the whole province; ClaimInvalid for a word of signs alone.
    """
    roots = select(Unit.path).where(Unit.kind == UnitKind.PROVINCE)
    if not all(caller.may(AUTHORITY, path) for path in db.scalars(roots)):
        raise Forbidden
    wanted = {bare(word) for word in words}
    if "" in wanted:
        raise ClaimInvalid(field="words", facts={"why": "name_too_short", "least": 1})
    before = set(list_words(db))
    kept = set(db.scalars(select(ClaimNameWord.word)))
    db.execute(delete(ClaimNameWord).where(ClaimNameWord.word.in_(kept - wanted)))
    db.add_all(ClaimNameWord(word=word, added_by=caller.person_id, added_at=now) for word in sorted(wanted - kept))
    after = {"added": sorted(wanted - before), "removed": sorted(before - wanted)}
    audit.record(db, caller, now, "claim_name_words.set", ("claim_name_word", _LIST), reason=reason, after=after)
    db.flush()
    return sorted(wanted)
