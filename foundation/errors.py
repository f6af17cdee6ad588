"""The root of all refusals, and those that every domain uses."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self


class Refusal(Exception):
    """A rule of the product said no. Each leaf has a stable code; `service/edge/answers/problems.py` maps it to HTTP.

    field: the input at fault, if there is one; fields: where there are more. retry_after: seconds until another try
    makes sense. facts: plain JSON
    values that the person needs, such as counts; the answer shows them beside the code. keeps_writes:
    whether the edge commits what was written before it answers; else nothing of the request is left behind.
    """

    code: ClassVar[str]
    keeps_writes = False

    def __init__(
        self,
        *,
        field: str | None = None,
        fields: Sequence[str] = (),
        retry_after: int | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(self.code)
        self.fields = (*([field] if field else []), *fields)
        self.retry_after = retry_after
        self.facts = dict(facts or {})

    @property
    def field(self) -> str | None:
        """Return the input at fault, the first one if there are more."""
        return self.fields[0] if self.fields else None

    def keeping_writes(self) -> Self:
        """Say that what was written so far must last, for a refused attempt is a fact, and return the refusal."""
        self.keeps_writes = True
        return self


class NotFound(Refusal):
    """There is no such thing, or the caller may not know of it."""

    code = "not_found"


class Forbidden(Refusal):
    """The caller's roles don't reach this."""

    code = "forbidden"


class TooManyAttempts(Refusal):
    """Too often in too short a time; `retry_after` says when it opens again."""

    code = "too_many_attempts"


class AlreadyDecided(Refusal):
    """Somebody decided this before."""

    code = "already_decided"


class SecondAdminNeeded(Refusal):
    """Who asked for it can't also approve it."""

    code = "second_admin_needed"


class EditedMeanwhile(Refusal):
    """The caller's copy is not the present one: somebody changed it since. facts: the present `revision`."""

    code = "edited_meanwhile"


class ImportHasErrors(Refusal):
    """Rows with errors can't be committed: all of an import or nothing."""

    code = "import_has_errors"


class ImportUndone(Refusal):
    """The import was undone; send its rows again as a new one."""

    code = "import_undone"


class ImportNotCommitted(Refusal):
    """There is nothing to undo yet."""

    code = "import_not_committed"


class ImportNotReady(Refusal):
    """The rows are still being checked, or the last step is still under way."""

    code = "import_not_ready"


class ImportUnderWay(Refusal):
    """A file is being committed or undone on this project, or its job gave up in the middle."""

    code = "import_under_way"


class SettlementUnderWay(Refusal):
    """A round of a settlement is in review, or its grants are being posted: it leans on what should be taken back.

    facts: `under_way`, the rounds.
    """

    code = "settlement_under_way"


class FileStoreUnavailable(Refusal):
    """The store of files does not answer; `retry_after` says when another try makes sense."""

    code = "file_store_unavailable"


class FileUnreadable(Refusal):
    """A stored file is missing, was changed in the store, or its key is not there: it must be uploaded again."""

    code = "file_unreadable"
