"""The sum of a person at a project: which sessions are in it, and the share that they attended."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from functools import cache

from sqlalchemy.orm import Session

from attendance.record.facts import Facts, facts_of
from attendance.record.outcomes import SessionOutcome
from attendance.record.shares import Share, attended_of, outcome_of, parallel_groups, share_of
from attendance.sessions.held import counted_sessions
from attendance.sessions.parallel_sessions import ParallelSessions
from models.projects import ExcusedRule, Project
from models.projects import Session as VenueSession

_MOST_EXCUSED = 4
"""At most one in so many leaves the sum."""


class Sums:
    """Computes the share of each person at one project. sessions: of the project, in order of time.

    Sessions that don't count are left out. Many people attend the same sessions, so each share is computed once.
    """

    def __init__(self, project: Project, sessions: Iterable[VenueSession]) -> None:
        self._project, self._groups = project, parallel_groups(sessions)
        self._counted = frozenset(each.id for group in self._groups for each in group.sessions)
        self._share = cache(self._compute)

    def share(self, facts: Mapping[uuid.UUID, Facts]) -> Share:
        """Return the share of a person with these facts, which are by session."""
        attended = attended_of(facts, self._project) & self._counted
        return self._share(attended, self._leaving(facts, attended))

    def _leaving(self, facts: Mapping[uuid.UUID, Facts], attended: Collection[uuid.UUID]) -> int:
        if self._project.excused is not ExcusedRule.LEAVES_THE_SUM:
            return 0
        excused = {each for each, found in facts.items() if _is_excused(found, self._project)}
        return leaving_the_sum(self._groups, excused, attended)

    def _compute(self, attended: frozenset[uuid.UUID], leaving: int) -> Share:
        share = share_of(self._groups, attended)
        return Share(share.counted, share.required - leaving)


def leaving_the_sum(
    groups: Collection[ParallelSessions], excused: Collection[uuid.UUID], attended: Collection[uuid.UUID]
) -> int:
    """Return the weight that leaves the sum of a person.

    A group can leave it if the person attended nothing of the group and is excused at one of its sessions. Groups leave
    as a whole, and together at most a quarter of all weights: of the groups that can, those that together weigh most.
    So one more excuse never lowers a share. Nothing leaves the sum if the person attended nothing.
    """
    if not attended or not excused:
        return 0
    most = sum(each.weight for each in groups) // _MOST_EXCUSED
    reached = 1  # bit n: whether some of the groups weigh n together
    for group in groups:
        ids = {each.id for each in group.sessions}
        if ids.isdisjoint(attended) and not ids.isdisjoint(excused):
            reached |= reached << group.weight
    return (reached & ((2 << most) - 1)).bit_length() - 1


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
