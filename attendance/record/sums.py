"""The sum of a person at a project: which sessions are in it, and the share that they attended."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from functools import cache

from sqlalchemy.orm import Session

from attendance.record.facts import Facts, facts_of
from attendance.record.outcomes import SessionOutcome
from attendance.record.shares import Share, attended_of, outcome_of, parallel_groups, share_of
from attendance.sessions.held import counted_sessions, is_counted
from models.projects import ExcusedRule, Project
from models.projects import Session as VenueSession

_MOST_EXCUSED = 4
"""At most one session in so many leaves the sum."""


class Sums:
    """Computes the share of each person at one project. sessions: of the project, in order of time.

    Sessions that don't count are left out. Many people attend the same sessions, so each share is computed once.
    """

    def __init__(self, project: Project, sessions: Sequence[VenueSession]) -> None:
        self._project, self._sessions = project, [each for each in sessions if is_counted(each)]
        self._counted = frozenset(each.id for each in self._sessions)
        self._share = cache(self._compute)

    def share(self, facts: Mapping[uuid.UUID, Facts]) -> Share:
        """Return the share of a person with these facts, which are by session."""
        attended = attended_of(facts, self._project) & self._counted
        return self._share(attended, self._leaving(facts, attended))

    def _leaving(self, facts: Mapping[uuid.UUID, Facts], attended: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
        if self._project.excused is not ExcusedRule.LEAVES_THE_SUM:
            return frozenset()
        excused = {each for each, found in facts.items() if _is_excused(found, self._project)}
        return leaving_the_sum([each.id for each in self._sessions], excused, attended)

    def _compute(self, attended: frozenset[uuid.UUID], leaving: frozenset[uuid.UUID]) -> Share:
        return share_of(parallel_groups(each for each in self._sessions if each.id not in leaving), attended)


def leaving_the_sum(
    sessions: Sequence[uuid.UUID], excused: Collection[uuid.UUID], attended: Collection[uuid.UUID]
) -> frozenset[uuid.UUID]:
    """Return the sessions that leave the sum of a person: the excused ones, the first first.

    At most a quarter of the sessions leave it, and none leaves it if the person attended nothing.
    """
    if not attended:
        return frozenset()
    leaving = [each for each in sessions if each in excused]
    return frozenset(leaving[: len(sessions) // _MOST_EXCUSED])


def met_for_sure(db: Session, projects: Collection[Project], *, person_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return those projects whose attendance a person has met already, whatever comes: the ids.

    The sum has all sessions, also those to come. A session that the person is checked in to counts, unless a check-out
    is still owed. Who attended nothing has met nothing, also where the project asks no share.
    """
    sessions = {project.id: counted_sessions(db, project) for project in projects}
    ids = [each.id for held in sessions.values() for each in held]
    known = facts_of(db, ids, [person_id]).get(person_id, {}) if ids else {}
    met = set()
    for project in projects:
        mine = {each.id: known[each.id] for each in sessions[project.id] if each.id in known}
        share = Sums(project, sessions[project.id]).share(mine)
        if attended_of(mine, project) and share.meets(project.min_attendance):
            met.add(project.id)
    return frozenset(met)


def _is_excused(facts: Facts, project: Project) -> bool:
    return outcome_of(facts, project, is_over=True) is SessionOutcome.EXCUSED
