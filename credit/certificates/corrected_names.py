"""After a name was corrected: the person's valid certificates get new numbers, which name the old ones (M-10.3)."""

from collections.abc import Generator

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.certificates import name_tasks
from credit.certificates.issuing import Plan, issue
from credit.certificates.numbers import NumberFormat, draw_sequences
from credit.certificates.printing import Printer
from credit.certificates.revocations import tell_replaced
from credit.certificates.snapshots import take_snapshots
from credit.certificates.states import views_of
from foundation.jobs import Handler, Progress, Result, Work
from models.certificates import Certificate
from models.ledger import LedgerEntry
from models.people import Person


def make_reissuer(numbers: NumberFormat, printer: Printer) -> Handler:
    """Return the handler of `edits.NAME_JOB`. Its subject is the person. printer: it loads its fonts at the first name.

    A new name with letters that no font has opens the task of its admins; the old certificates then stay as they are
    until the person asks again.
    """

    def run(work: Work) -> Generator[Progress, None, Result]:
        db, person = work.db, work.db.get(Person, work.job.subject_id)
        count = 0 if person is None else len(_plan(db, person).wanted)
        if person is None or not count:
            return {"reissued": 0}
        if missing := printer.missing_letters(person.name):
            name_tasks.open_task(db, person_id=person.id, letters=missing, now=work.clock.now())
            return {"reissued": 0}
        sequences = iter(draw_sequences(db, count))
        yield Progress(0, count)  # what is drawn is never drawn again, whatever comes of the rest
        plan, now = _plan(db, person), work.clock.now()
        outdated = {entry.id for entry in plan.wanted[:count]}
        shrunk = Plan([each for each in plan.entries if each.id in outdated], plan.snapshots, plan.current)
        for made in issue(db, plan=shrunk, sequences=sequences, numbers=numbers, now=now):
            tell_replaced(db, made, now=now)
        yield Progress(count, count)
        return {"reissued": len(shrunk.entries)}

    return run


def _plan(db: Session, person: Person) -> Plan:
    """Return what is to be issued anew of a person's valid certificates. It reads the person as they are now."""
    db.refresh(person)
    held = [
        each
        for each in views_of(db, Certificate.person_id == person.id, Certificate.replaced_at.is_(None))
        if each.is_valid
    ]
    ids = [each.certificate.entry_id for each in held]
    entries = db.scalars(select(LedgerEntry).where(LedgerEntry.id.in_(ids)).order_by(LedgerEntry.position)).all()
    return Plan(entries, take_snapshots(db, entries), {each.certificate.entry_id: each for each in held})
