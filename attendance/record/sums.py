"""The sum of a person at a project: which sessions are in it, and the share that they attended."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
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
        return self._share(attended, self._excused(facts) if attended else frozenset())

    def _excused(self, facts: Mapping[uuid.UUID, Facts]) -> frozenset[uuid.UUID]:
        if self._project.excused is not ExcusedRule.LEAVES_THE_SUM:
            return frozenset()
        return self._counted & {each for each, found in facts.items() if _is_excused(found, self._project)}

    def _compute(self, attended: frozenset[uuid.UUID], excused: frozenset[uuid.UUID]) -> Share:
        return share_without_excused(self._groups, attended, excused)


def share_without_excused(
    groups: Collection[ParallelSessions], attended: Collection[uuid.UUID], excused: Collection[uuid.UUID]
) -> Share:
    """Return the share of a person, without the groups that leave the sum because the person was excused there.

    A group leaves as a whole, and together at most a quarter of all weights does. Of the groups with an excused
    session, those leave that make the share largest. So neither one more excuse nor one more session attended lowers
    a share. Nothing leaves the sum of a person who attended nothing: the caller gives no excuses then.
    """
    whole = share_of(groups, attended)
    if not excused:
        return whole
    most = whole.required // _MOST_EXCUSED
    lost = {0: Fraction(0)}  # by the weight that leaves: the least that is attended of it
    for group in groups:
        if any(each.id in excused for each in group.sessions):
            own = group.weight * group.share(attended)
            for weight, least in sorted(lost.items(), reverse=True):
                heavier = weight + group.weight
                if heavier <= most:
                    lost[heavier] = min(lost.get(heavier, least + own), least + own)
    shares = (Share(whole.counted - least, whole.required - weight) for weight, least in lost.items())
    return max(shares, key=lambda each: (each.share, each.required))


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


def share_for_sure(db: Session, project: Project, *, person_id: uuid.UUID) -> Share:
    """Return the share that a person has whatever comes, as `met_for_sure` has it."""
    sessions = counted_sessions(db, project)
    ids = [each.id for each in sessions]
    facts = facts_of(db, ids, [person_id]).get(person_id, {}) if ids else {}
    return Sums(project, sessions).share(facts)


def who_met_for_sure(db: Session, project: Project, *, people: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Return those of these people who have met the attendance of a project already, as `met_for_sure` has it."""
    sessions = counted_sessions(db, project)
    known = facts_of(db, [each.id for each in sessions], list(people)) if sessions and people else {}
    sums = Sums(project, sessions)
    return frozenset(
        person_id
        for person_id, facts in known.items()
        if attended_of(facts, project) and sums.share(facts).meets(project.min_attendance)
    )


def _is_excused(facts: Facts, project: Project) -> bool:
    return outcome_of(facts, project, is_over=True) is SessionOutcome.EXCUSED
