"""Several certificates at once, as one PDF or a zip: a job prints them, one by one, and a day later they are deleted.

Each PDF is a row, so that memory stays flat and a job that was interrupted goes on behind the last row.
"""

import uuid
import zipfile
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from credit.access import CreditHolder
from credit.certificates.printing import Printer, is_printable
from credit.certificates.states import CertificateView, views_of
from credit.errors import CertificateFileUnfinished
from foundation import jobs
from foundation.errors import NotFound
from foundation.jobs import Handler, Progress, Result, Work
from models.base import new_id
from models.certificates import Certificate, CertificateFile, CertificateFilePart, FileFormat
from models.jobs import Job

JOB = "certificate_file"
MOST, MOST_OF_A_PDF = 1000, 200
"""Certificates that a person gets at once, and those that are the pages of one PDF."""
KEPT = timedelta(days=1)
_A_STEP = 10  # certificates: a fifth of a second


@dataclass(frozen=True)
class AskedFile:
    """A file with the job that makes it."""

    file: CertificateFile
    job: Job


def ask_for_file(
    db: Session, *, holder: CreditHolder, numbers: Sequence[str], wanted: FileFormat, now: datetime
) -> AskedFile:
    """Enqueue the job for a file with certificates of a person. Raises NotFound if one is not theirs."""
    found = {
        each.number: each.id
        for each in db.scalars(
            select(Certificate).where(Certificate.number.in_(numbers), Certificate.person_id == holder)
        )
    }
    asked = list(dict.fromkeys(numbers))
    if set(asked) - set(found):
        raise NotFound(field="numbers")
    return enqueue_file(db, owner_id=holder, ids=[found[each] for each in asked], wanted=wanted, now=now)


def enqueue_file(
    db: Session, *, owner_id: uuid.UUID, ids: Sequence[uuid.UUID], wanted: FileFormat, now: datetime
) -> AskedFile:
    """Enqueue the job for a file with these certificates."""
    made = CertificateFile(
        id=new_id(),
        owner_id=owner_id,
        format=wanted,
        certificate_ids=[str(each) for each in ids],
        asked_at=now,
        left_out=[],
    )
    db.add(made)
    db.flush()
    return AskedFile(made, jobs.enqueue(db, kind=JOB, subject_id=made.id, now=now, actor_id=owner_id))


def make_printer_of_files(printer: Printer) -> Handler:
    """Return the job handler. printer: it loads its fonts at the first file."""

    def run(work: Work) -> Generator[Progress, None, Result]:
        file = work.db.get(CertificateFile, work.job.subject_id)
        if file is None:
            return None
        ids = [uuid.UUID(each) for each in file.certificate_ids]
        step = _A_STEP if file.format is FileFormat.ZIP else len(ids)
        while (done := _position(work.db, file)) < len(ids):
            _print_some(work.db, file, ids[done : done + step], done, printer)
            yield Progress(min(done + step, len(ids)), len(ids))
        file.finished_at = work.clock.now()
        work.db.flush()
        return {"left_out": len(file.left_out)}

    return run


def get_file(db: Session, *, file_id: uuid.UUID, owner_id: uuid.UUID) -> CertificateFile:
    """Return a finished file of a person. Raises NotFound; CertificateFileUnfinished."""
    found = db.get(CertificateFile, file_id)
    if found is None or found.owner_id != owner_id:
        raise NotFound
    if found.finished_at is None:
        job = jobs.find_latest(db, kind=JOB, subject_id=found.id)
        raise CertificateFileUnfinished(facts={"job": str(job.id)} if job is not None else {})
    return found


def read_pdf(db: Session, file: CertificateFile) -> bytes:
    """Return the PDF of a file. Raises NotFound where none of its certificates could be printed."""
    part = db.scalars(select(CertificateFilePart).where(CertificateFilePart.file_id == file.id)).first()
    if part is None or not part.data:
        raise NotFound
    return part.data


def read_zip(db: Session, file: CertificateFile) -> Iterator[bytes]:
    """Give a zip piece by piece; one certificate at a time is in memory. PDFs are compressed already."""
    out = _Pieces()
    stamp = file.asked_at.timetuple()[:6]
    positions = db.scalars(
        select(CertificateFilePart.position)
        .where(CertificateFilePart.file_id == file.id)
        .order_by(CertificateFilePart.position)
    ).all()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload] # it only writes
        for position in positions:
            name, data = db.execute(
                select(CertificateFilePart.name, CertificateFilePart.data).where(
                    CertificateFilePart.file_id == file.id, CertificateFilePart.position == position
                )
            ).one()
            if data:
                archive.writestr(zipfile.ZipInfo(name, stamp), data)
                yield out.take()
    yield out.take()


def delete_old(db: Session, *, now: datetime) -> int:
    """Delete some files that were asked for more than a day ago; return how many."""
    old = db.scalars(select(CertificateFile.id).where(CertificateFile.asked_at < now - KEPT).limit(10)).all()
    if old:
        db.execute(delete(CertificateFilePart).where(CertificateFilePart.file_id.in_(old)))
        db.execute(delete(CertificateFile).where(CertificateFile.id.in_(old)))
    return len(old)


class _Pieces:
    """What was written since the last piece was taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: what was written waits to be taken."""

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def _position(db: Session, file: CertificateFile) -> int:
    """Return how many certificates of a file are dealt with."""
    last = db.scalar(select(func.max(CertificateFilePart.position)).where(CertificateFilePart.file_id == file.id))
    return 0 if last is None else last + 1


def _print_some(db: Session, file: CertificateFile, ids: Sequence[uuid.UUID], first: int, printer: Printer) -> None:
    """Print the next certificates. Those that are no longer valid are named in `left_out`, and have an empty part."""
    found = {each.id: each for each in views_of(db, Certificate.id.in_(ids))}
    views = [found[each] for each in ids]
    left_out = [each.certificate.number for each in views if not is_printable(each, printer)]
    file.left_out = [*file.left_out, *left_out]
    if file.format is FileFormat.PDF:
        good = [each.certificate for each in views if each.certificate.number not in left_out]
        data = printer.print(good) if good else b""
        db.add(CertificateFilePart(file_id=file.id, position=len(ids) - 1, name="certificates.pdf", data=data))
    else:
        db.add_all(_part(file, first + place, each, printer) for place, each in enumerate(views))
    db.flush()
    db.expire_all()


def _part(file: CertificateFile, position: int, view: CertificateView, printer: Printer) -> CertificateFilePart:
    row = view.certificate
    data = printer.print([row]) if is_printable(view, printer) else b""
    return CertificateFilePart(file_id=file.id, position=position, name=f"{row.number}.pdf", data=data)
