"""Processes that take longer than a request, or decide about one thing together, and what each pair does at once.

Each room describes its own processes. `create_app` puts them into one table, because a low room can't import a higher
one. A step that needs everything to be complete, such as confirming a settlement, asks the table what is under way.
"""

import enum
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from typing import Any

from sqlalchemy.orm import Session

from foundation.errors import Refusal


class Shared(enum.StrEnum):
    """What two processes may have in common."""

    PROJECT = "project"
    PERSON = "person"
    FILE_IMPORT = "file_import"
    """An import of a roster or of punches."""
    CREDIT_IMPORT = "credit_import"
    QUESTION_BANK = "question_bank"


class Outcome(enum.StrEnum):
    """What comes of two processes that meet."""

    REFUSED = "refused"
    """The second one is refused with a code, or both are and one of them holds."""
    WAITS = "waits"
    """The second one waits for a lock of the first one, and then sees all that the first one did."""
    SAFE = "safe"
    """Both run, and neither reads what the other one writes."""


@dataclass(frozen=True)
class UnderWay:
    """A process that is not over. subject_id: the import, attempt or settlement; has_failed: its job was given up."""

    process: str
    subject_id: uuid.UUID
    has_failed: bool = False

    def as_fact(self) -> dict[str, Any]:
        """Return it as plain JSON values, for the facts of a refusal."""
        return {"process": self.process, "id": str(self.subject_id), "has_failed": self.has_failed}


@dataclass(frozen=True)
class Process:
    """One process. find: returns those that are under way on a project; None for one that is a single transaction."""

    name: str
    shares: frozenset[Shared]
    find: Callable[[Session, uuid.UUID], Sequence[UnderWay]] | None = None


@dataclass(frozen=True)
class Rule:
    """What comes of each of `these` together with each of `those`, in either order, and why.

    codes: the refusals that one of the two may get. refusal: raised by `require_free` for one of `those` while one of
    `these` is under way; None where another check refuses.
    """

    these: frozenset[str]
    those: frozenset[str]
    outcome: Outcome
    why: str
    codes: frozenset[str] = frozenset()
    refusal: type[Refusal] | None = None


class ProcessTable:
    """All processes, and one rule for each pair that shares something.

    Raises ValueError for a pair without a rule or with two, and for a rule about an unknown process.
    """

    def __init__(self, processes: Iterable[Process], rules: Iterable[Rule]) -> None:
        self.processes: Mapping[str, Process] = {each.name: each for each in processes}
        self._rules: dict[frozenset[str], Rule] = {}
        self._refusing: dict[str, list[tuple[Process, type[Refusal]]]] = {}
        for rule in rules:
            self._add(rule)
        missing = [" + ".join(pair) for pair in self.pairs() if frozenset(pair) not in self._rules]
        if missing:
            raise ValueError(f"no rule says what comes of: {', '.join(missing)}")

    def pairs(self) -> list[tuple[str, str]]:
        """Return each pair of processes that share something; a process may also meet another one of its kind."""
        pairs = combinations_with_replacement(sorted(self.processes), 2)
        return [(a, b) for a, b in pairs if self.processes[a].shares & self.processes[b].shares]

    def rule_of(self, one: str, other: str) -> Rule:
        """Return the rule of a pair, in either order."""
        return self._rules[frozenset((one, other))]

    def require_free(self, db: Session, *, step: str, project_id: uuid.UUID) -> None:
        """Raise the refusal of the table if a process is under way on the project that `step` must not meet.

        The caller has locked the project, so that none of them begins meanwhile. The facts of the refusal name each
        process that is under way, and whether its job was given up.
        """
        for process, refusal in self._refusing.get(step, ()):
            found = process.find(db, project_id) if process.find else ()
            if found:
                raise refusal(facts={"under_way": [each.as_fact() for each in found]})

    def _add(self, rule: Rule) -> None:
        unknown = (rule.these | rule.those) - self.processes.keys()
        if unknown:
            raise ValueError(f"a rule names unknown processes: {', '.join(sorted(unknown))}")
        for pair in {frozenset(each) for each in product(rule.these, rule.those)}:
            if pair in self._rules:
                raise ValueError(f"two rules say what comes of: {' + '.join(sorted(pair))}")
            self._rules[pair] = rule
        if rule.refusal is not None:
            for name, step in product(rule.these, rule.those):
                self._refusing.setdefault(step, []).append((self.processes[name], rule.refusal))


def rule(
    these: Collection[str],
    those: Collection[str],
    outcome: Outcome,
    why: str,
    *,
    codes: Collection[str] = (),
    refusal: type[Refusal] | None = None,
) -> Rule:
    """Return a rule. The code of `refusal` is one of its codes."""
    named = frozenset(codes) | ({refusal.code} if refusal is not None else frozenset())
    return Rule(frozenset(these), frozenset(those), outcome, why, named, refusal)
