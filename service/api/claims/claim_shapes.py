"""Turns claims into bodies, with the names of classes and categories of their rule sets."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from credit.claims import evidence
from credit.claims.fields import warnings_of
from credit.claims.stages import actions_of, stage_of
from credit.rules.rule_book import get_rule_sets
from foundation.clock import day_at_home
from foundation.errors import Refusal
from models.claims import Claim
from service.api.claims.schemas.my_claims import ClaimOut, ClaimWarning, NotSubmittedOut
from service.edge.answers.problems import in_callers_language, words_of_refusal
from service.wording.vocabulary.claims import CLAIMS


class Shapes:
    """Bodies of some claims. It reads their rule sets and their evidence in two statements."""

    def __init__(self, db: Session, claims: Iterable[Claim]) -> None:
        claims = list(claims)
        self._sets = get_rule_sets(db, {(each.rule_set, each.rule_set_version) for each in claims})
        self._evidence = evidence.of_claims(db, [each.id for each in claims])

    def out(self, claim: Claim) -> ClaimOut:
        """Return a claim as a body, in the caller's language."""
        return ClaimOut.model_validate(self.facts(claim))

    def facts(self, claim: Claim) -> dict[str, Any]:
        """Return the fields of `ClaimOut`, without the names beside ids."""
        rule_set = self._sets.get((claim.rule_set, claim.rule_set_version))
        category = rule_set.find_category(claim.category) if rule_set else None
        classes = {each.code: each.name for each in rule_set.classes} if rule_set else {}
        stage = stage_of(claim)
        warnings = [
            ClaimWarning(field=field, code=code, text=in_callers_language(CLAIMS["ClaimWarningCode"][code]))
            for field, code in warnings_of(claim)
        ]
        copied = {name: getattr(claim, name) for name in _COPIED}
        return copied | {
            "stage": stage,
            "status_text": in_callers_language(CLAIMS["ClaimStage"][stage]),
            "actions": list(actions_of(claim)),
            "rule": claim.rule_code,
            "quantity": None if claim.quantity is None else f"{claim.quantity:.1f}",
            "content": claim.activity_name,
            "activity_no": claim.activity_number,
            "activity_date": claim.activity_on,
            "discipline": claim.discipline_l3 or claim.discipline_l2,
            "evidence": self._evidence.get(claim.id, []),
            "class_code": claim.credit_class,
            "credit_class": classes.get(claim.credit_class or "", claim.credit_class),
            "credit_subclass": category.name if category else claim.category,
            "claimed_credits": str(claim.claimed_credits),
            "credits": str(claim.credits),
            "hours": str(claim.hours),
            "submitted_on": _day(claim.submitted_at),
            "department_reviewed_on": _day(claim.department_reviewed_at),
            "unit_reviewed_on": _day(claim.unit_reviewed_at),
            "decided_on": _day(claim.decided_at),
            "review": claim.comment,
            "warnings": warnings,
        }


_COPIED = (
    "id", "status", "mode", "rank", "starts_on", "ends_on", "activity_name", "delivery_mode", "credit_level",
    "discipline_l2", "discipline_l3", "issuer", "actual_count", "category", "remark", "likeness_reason", "waits_for",
    "review_unit_id",
)  # fmt: skip


def not_submitted(ident: uuid.UUID, refusal: Refusal) -> NotSubmittedOut:
    """Return why one of many claims was refused, in the caller's language."""
    title, hint = words_of_refusal(refusal)
    return NotSubmittedOut(id=ident, code=refusal.code, title=title, hint=hint, field=refusal.field)


def _day(at: datetime | None) -> date | None:
    return None if at is None else day_at_home(at)
