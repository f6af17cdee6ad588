"""What the manual's screens call the status of a claim (当前状态, M-3.3.3), and what its owner can do with it."""

import enum

from models.claims import Claim, ClaimStatus, ReviewLevel


class ClaimStage(enum.StrEnum):
    """How far a claim is, with the level that has it and the one that passed it."""

    NOT_SUBMITTED = "not_submitted"
    AT_DEPARTMENT = "at_department"
    AT_UNIT = "at_unit"
    AT_AUTHORITY = "at_authority"
    DEPARTMENT_PASSED = "department_passed"
    DEPARTMENT_PASSED_TO_AUTHORITY = "department_passed_to_authority"
    UNIT_PASSED = "unit_passed"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    REVERSED = "reversed"


class OwnAction(enum.StrEnum):
    """What the owner can do (操作)."""

    EDIT = "edit"
    DELETE = "delete"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"


_DEPARTMENT, _UNIT, _AUTHORITY = ReviewLevel.DEPARTMENT, ReviewLevel.UNIT, ReviewLevel.AUTHORITY
_WAITING = {
    (None, _DEPARTMENT): ClaimStage.AT_DEPARTMENT,
    (None, _UNIT): ClaimStage.AT_UNIT,
    (None, _AUTHORITY): ClaimStage.AT_AUTHORITY,
    (_DEPARTMENT, _UNIT): ClaimStage.DEPARTMENT_PASSED,
    (_DEPARTMENT, _AUTHORITY): ClaimStage.DEPARTMENT_PASSED_TO_AUTHORITY,
    (_UNIT, _AUTHORITY): ClaimStage.UNIT_PASSED,
}
_DRAFT = (OwnAction.EDIT, OwnAction.DELETE, OwnAction.SUBMIT)


def stage_of(claim: Claim) -> ClaimStage:
    """Return the stage of a claim."""
    if claim.status is ClaimStatus.SUBMITTED and claim.waits_for is not None:
        return _WAITING[claim.approved_at_level, claim.waits_for]
    return ClaimStage.NOT_SUBMITTED if claim.status is ClaimStatus.DRAFT else ClaimStage(claim.status.value)


def actions_of(claim: Claim) -> tuple[OwnAction, ...]:
    """Return what the owner of a claim can do with it now."""
    if claim.status in (ClaimStatus.DRAFT, ClaimStatus.RETURNED):
        return _DRAFT
    is_unreviewed = claim.status is ClaimStatus.SUBMITTED and claim.approved_at_level is None
    return (OwnAction.WITHDRAW,) if is_unreviewed else ()
