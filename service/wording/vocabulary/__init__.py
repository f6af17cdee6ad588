"""The words behind the values of all enums and of codes that are no error codes, in Chinese and English."""

from service.wording.advice import ADVICE
from service.wording.faults import CREDIT_FAULTS, FACE_BATCH_FAULTS, SHEET_FAULTS
from service.wording.question_faults import QUESTION_FAULTS
from service.wording.vocabulary.activities import ACTIVITIES
from service.wording.vocabulary.claims import CLAIMS
from service.wording.vocabulary.credits import CREDITS
from service.wording.vocabulary.kinds import Vocabulary
from service.wording.vocabulary.people import PEOPLE
from service.wording.vocabulary.profiles import PROFILES
from service.wording.vocabulary.refusals import REFUSALS
from service.wording.vocabulary.sorts import SORTS

VOCABULARY: dict[str, Vocabulary] = {
    **PEOPLE,
    **PROFILES,
    **ACTIVITIES,
    **CREDITS,
    **CLAIMS,
    **SORTS,
    **REFUSALS,
    "AdviceCode": ADVICE,
    "SheetFault": SHEET_FAULTS,
    "CreditFault": CREDIT_FAULTS,
    "FaceBatchFault": FACE_BATCH_FAULTS,
    "QuestionFault": QUESTION_FAULTS,
}
"""By the name of the enum, as the OpenAPI document has it, and by its value."""
