"""The processes of a settlement, and what comes of each pair of processes that share a project or a person.

docs/decisions/0031-processes-that-meet.md tells how the table is used. tests/concurrency/test_pairs.py races its pairs.
"""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.exams import processes as exams
from attendance.imports import processes as imports
from attendance.projects.transitions import CANCELLATION
from credit.certificates import processes as certificates
from credit.claims import processes as claims
from credit.imports import processes as credit_imports
from credit.records.reversals import REVERSAL
from foundation.errors import ImportUnderWay, SettlementUnderWay
from foundation.processes import Outcome, Process, Rule, Shared, UnderWay, rule
from models.settlements import Settlement, SettlementStatus

CONFIRMATION = "settlement.confirmation"
REVIEW = "settlement.review"
IN_REVIEW = "settlement.in_review"
POSTING = "settlement.posting"
REOPENING = "settlement.reopening"
_PROJECT = frozenset({Shared.PROJECT})
_SHARES = frozenset({Shared.PROJECT, Shared.PERSON})


def _find(name: str, status: SettlementStatus) -> Process:
    def find(db: Session, project_id: uuid.UUID) -> list[UnderWay]:
        wanted = select(Settlement.id).where(Settlement.project_id == project_id, Settlement.status == status)
        return [UnderWay(name, each) for each in db.scalars(wanted)]

    return Process(name, _SHARES, find)


PROCESSES: tuple[Process, ...] = (
    *imports.PROCESSES,
    *exams.PROCESSES,
    *credit_imports.PROCESSES,
    *certificates.PROCESSES,
    *claims.PROCESSES,
    Process(CANCELLATION, _PROJECT),
    Process(CONFIRMATION, _SHARES),
    _find(IN_REVIEW, SettlementStatus.IN_REVIEW),
    Process(REVIEW, _PROJECT),
    _find(POSTING, SettlementStatus.APPROVED),
    Process(REVERSAL, _SHARES),
    Process(REOPENING, _PROJECT),
)

_CHANGES = {imports.COMMIT, imports.UNDO}
_EXAMS = {exams.SITTING, exams.SWEEP}
_QUESTIONS = {exams.QUESTIONS_COMMIT, exams.QUESTIONS_UNDO}
_CREDITS = {credit_imports.COMMIT, credit_imports.UNDO}
_UNDER_REVIEW = {IN_REVIEW, POSTING}
_REFUSED, _WAITS, _SAFE = Outcome.REFUSED, Outcome.WAITS, Outcome.SAFE
_STATUS = {"transition_not_allowed", "project_closed", "already_decided"}

RULES: tuple[Rule, ...] = (
    rule(_CHANGES, {CONFIRMATION, CANCELLATION}, _REFUSED, "a list of half a file would be confirmed, or a file "
         "would stop in the middle", refusal=ImportUnderWay, codes=_STATUS),
    rule(_CHANGES, {*_UNDER_REVIEW, REVIEW, REOPENING}, _REFUSED, "the confirmed list is fixed, and an import can't "
         "change what it was made from", codes={*_STATUS, "import_not_ready"}),
    rule({imports.CHECK}, {*_CHANGES, imports.CHECK}, _REFUSED, "the status of the import is compared and set under "
         "its lock; checks of two files are apart",
         codes={"import_not_ready", "import_not_committed", "import_undone", "import_has_errors"}),
    rule({imports.COMMIT}, {imports.COMMIT, imports.UNDO}, _WAITS, "of one file: its status is compared and set under "
         "its lock; of two files: portions wait for the project's lock, and each person is entered once",
         codes={"import_not_ready", "import_undone"}),
    rule({imports.UNDO}, {imports.UNDO}, _WAITS, "as two commits"),
    rule({imports.CHECK}, {*_EXAMS, *_UNDER_REVIEW, CONFIRMATION, CANCELLATION, REVIEW, REVERSAL, REOPENING}, _SAFE,
         "a check writes to its own rows alone"),
    rule(_CHANGES, {*_EXAMS, REVERSAL}, _SAFE, "a file changes roster and attendance, not exams or grants; who sits "
         "an exam took part and stays on the roster"),
    rule({exams.SITTING}, {exams.SITTING}, _WAITS, "one attempt is open at a time a person, by a unique index"),
    rule({exams.SITTING}, {exams.SWEEP}, _WAITS, "an attempt is handed in under its lock, once"),
    rule({exams.SWEEP}, {exams.SWEEP}, _SAFE, "each sweep skips the attempts that another one holds"),
    rule({exams.SITTING}, {CONFIRMATION}, _REFUSED, "who could still pass would be left out without a word; a sitting "
         "begins before the confirmation or is refused", codes={"still_open", "exam_not_open", *_STATUS}),
    rule({exams.SWEEP}, {CONFIRMATION}, _WAITS, "the confirmation waits for attempts that are being handed in"),
    rule(_EXAMS, {*_UNDER_REVIEW, CANCELLATION, REVIEW, REVERSAL, REOPENING}, _SAFE, "the confirmed list is fixed; who "
         "passes afterwards is in a supplementary round", codes={"exam_not_open"}),
    rule({exams.CORRECTION}, {exams.CORRECTION, *_EXAMS}, _WAITS, "a correction locks project, exam and all attempts; "
         "who hands in afterwards is graded by the new key", codes={"exam_not_open"}),
    rule({exams.CORRECTION}, {CONFIRMATION, *_UNDER_REVIEW, REVIEW}, _REFUSED, "a list in review was made by the key "
         "of its day; it is returned first, or another round follows",
         codes={"list_in_review", "still_open", *_STATUS}),
    rule({exams.CORRECTION}, {REVERSAL, REOPENING, CANCELLATION}, _WAITS, "for the project's lock", codes=_STATUS),
    rule({exams.CORRECTION}, {imports.CHECK, *_CHANGES, *_CREDITS}, _SAFE, "they change no exam, and the exam changes "
         "no attendance and no ledger"),
    rule({exams.QUESTIONS_CHECK}, {exams.QUESTIONS_CHECK, *_QUESTIONS}, _REFUSED, "the status of the import is "
         "compared and set under its lock", codes={"import_not_ready", "import_not_committed", "import_undone"}),
    rule({exams.QUESTIONS_COMMIT}, _QUESTIONS, _WAITS, "for the lock of the import; of two files, for the turn at the "
         "bank: a question that is in both is added once", codes={"import_not_ready", "import_undone"}),
    rule({exams.QUESTIONS_UNDO}, {exams.QUESTIONS_UNDO}, _WAITS, "as two commits"),
    rule({exams.SITTING}, {exams.QUESTIONS_CHECK, exams.QUESTIONS_COMMIT}, _SAFE, "a paper has the questions that were "
         "in the bank when it was drawn"),
    rule({exams.SITTING}, {exams.QUESTIONS_UNDO}, _REFUSED, "an import with a question on a paper stays; an attempt "
         "holds the imports of its questions until it is there", codes={"questions_in_use", "exam_not_open"}),
    rule({CONFIRMATION}, {CONFIRMATION}, _WAITS, "for the project's lock; both get the same settlement"),
    rule({CONFIRMATION}, {CANCELLATION, REOPENING, REVIEW}, _REFUSED, "each locks the project, and the second one "
         "finds another status", codes=_STATUS),
    rule({CONFIRMATION}, {REVERSAL}, _WAITS, "for the project's lock; a list that is confirmed first refuses it",
         codes={SettlementUnderWay.code}),
    rule({CONFIRMATION}, {*_UNDER_REVIEW}, _SAFE, "asked again, it returns the settlement that is under review"),
    rule(_UNDER_REVIEW, {REVERSAL}, _REFUSED, "the list says that the person has their grant: taken back now, they "
         "would have nothing; the list of another project that leans on the grant refuses too",
         refusal=SettlementUnderWay),
    rule(_UNDER_REVIEW, {REVIEW, REOPENING, CANCELLATION}, _REFUSED, "a list is decided on once, by a status under "
         "the project's lock", codes=_STATUS),
    rule({IN_REVIEW}, _UNDER_REVIEW, _REFUSED, "one round is open at a time, by a unique index", codes=_STATUS),
    rule({POSTING}, {POSTING}, _WAITS, "a portion is posted under the settlement's lock; the ledger takes a grant "
         "once"),
    rule({REVIEW}, {REVIEW, CANCELLATION, REOPENING}, _REFUSED, "each locks the project; the second one finds it "
         "decided", codes=_STATUS),
    rule({REVIEW}, {REVERSAL}, _REFUSED, "a reversal waits for the round to be settled or returned", codes={
        SettlementUnderWay.code}),
    rule({REVERSAL}, {REVERSAL}, _WAITS, "for the turn at the ledger; a grant is reversed once",
         codes={"already_reversed"}),
    rule({REVERSAL}, {REOPENING, CANCELLATION}, _WAITS, "for the project's lock", codes=_STATUS),
    rule({REOPENING}, {REOPENING, CANCELLATION}, _REFUSED, "each locks the project, and the second one finds another "
         "status", codes=_STATUS),
    rule({CANCELLATION}, {CANCELLATION}, _REFUSED, "the second one finds the project cancelled", codes=_STATUS),
    rule({credit_imports.CHECK}, {credit_imports.CHECK, *_CREDITS}, _REFUSED, "the status of the import is compared "
         "and set under its lock", codes={"import_not_ready", "import_not_committed", "import_undone"}),
    rule({credit_imports.COMMIT}, _CREDITS, _WAITS, "for the turn at the ledger; rows are claimed, and of two files "
         "with one activity one is refused", codes={"import_has_errors", "import_not_ready", "import_undone"}),
    rule({credit_imports.UNDO}, {credit_imports.UNDO}, _WAITS, "for the turn at the ledger"),
    rule({credit_imports.COMMIT}, {POSTING, CONFIRMATION, IN_REVIEW, REVERSAL}, _WAITS, "for the turn at the ledger; "
         "each looks for the other's grant of the same activity once it has the turn",
         codes={"import_has_errors", SettlementUnderWay.code, "already_reversed"}),
    rule({credit_imports.UNDO}, _UNDER_REVIEW, _REFUSED, "a list that skips somebody because of a grant of the import "
         "would lose its ground; it is asked for when the undo begins", codes={SettlementUnderWay.code}),
    rule({credit_imports.UNDO}, {CONFIRMATION, REVERSAL}, _WAITS, "for the turn at the ledger; a list that is "
         "confirmed first refuses the undo, and one confirmed after it began doesn't count the import's grants",
         codes={SettlementUnderWay.code, "already_reversed"}),
    rule({claims.APPROVAL}, {claims.APPROVAL}, _WAITS, "for the turn at the ledger; the second one finds it decided",
         codes={"claim_not_waiting", "not_your_turn", "already_recorded"}),
    rule({claims.APPROVAL}, {*_CREDITS, CONFIRMATION, *_UNDER_REVIEW, REVERSAL}, _WAITS, "for the turn at the ledger; "
         "each looks for the other's grant of the same activity once it has the turn",
         codes={"already_recorded", "import_has_errors", SettlementUnderWay.code, "already_reversed", *_STATUS}),
    rule({claims.APPROVAL}, {*_CHANGES, *_EXAMS, exams.CORRECTION}, _SAFE, "a project's attendance and exams are not "
         "in the ledger yet"),
    rule({certificates.ISSUE}, {certificates.ISSUE}, _WAITS, "one certificate of a grant is current, by a unique "
         "index; both answer with it"),
    rule({certificates.ISSUE}, {REVERSAL, credit_imports.UNDO}, _SAFE, "a certificate is valid while the ledger has "
         "its grant: reversed before or after the issue, it says so at once", codes={"not_approved"}),
    rule({certificates.ISSUE}, {*_CHANGES, *_EXAMS, exams.CORRECTION, CONFIRMATION, *_UNDER_REVIEW, claims.APPROVAL,
         credit_imports.COMMIT}, _SAFE, "a certificate is of a grant that is posted", codes={"not_approved"}),
    rule(_CREDITS, {*_CHANGES, *_EXAMS}, _SAFE, "a project's attendance is not in the ledger yet"),
)  # fmt: skip
