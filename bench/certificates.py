"""Certificates: how many a second and core, beside bare typst, and the memory of 1,000 certificates as one job.

    python -m bench.certificates

Bare typst compiles the same template with data that is ready: it checks no letters, draws no QR code and reads no rows.
"""

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import typst
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.measuring import in_turns, pin, table, write_result
from bench.seeding.certified_person import make_certified
from bench.sheets import peak_mb
from credit.certificates import files
from credit.certificates.numbers import NumberFormat
from credit.certificates.printing import Printer
from credit.certificates.snapshots import Snapshot
from documents.typesetting import TEMPLATES, Fonts, Typesetter
from foundation.clock import SystemClock
from models.base import new_id
from models.certificates import Certificate, CertificateFilePart, CertificateKind, FileFormat
from service.running.job_runner import JobRunner

CORES = len(pin(1))
EACH_ROUND, ROUNDS, MANY, FEW = 40, 7, 1000, 20
AT = datetime(2026, 5, 18, tzinfo=UTC)
BASE = "https://cme.example.cn"


def made_up(number: int) -> Certificate:
    """Return a certificate whose text is none of another one."""
    day = date(2026, 1, 1) + timedelta(days=number % 300)
    facts = Snapshot(
        name=f"陈{chr(0x4E00 + number % 5000)}某",
        sex="女",
        cme_number=None,
        project=f"第{number}期心肺复苏新进展学习班",
        project_number=f"2026-10-01-{number:03} (国)",
        starts_on=day.isoformat(),
        ends_on=day.isoformat(),
        organizer="示范市第一医院",
        level="国家级继续医学教育项目",
        activity_type="集体活动",
        credit_class="I",
        credits="5.00",
        hours="15.0",
        reviewing_unit="示范省卫生健康委员会",
    )
    return Certificate(
        id=new_id(),
        sequence=number,
        number=NumberFormat().number(2026, number),
        token=f"{number:022}",
        kind=CertificateKind.CREDIT,
        facts=facts.stored(),
        issued_at=AT,
    )


def printing(each_round: int, rounds: int) -> dict[str, dict[str, Any]]:
    """Return the certificates a second and core of ours and of bare typst, in turns."""
    printer, numbers = Printer(Typesetter(Fonts()), BASE), count(1)
    bare = typst.Compiler(root=TEMPLATES, font_paths=Fonts().loaded, ignore_system_fonts=True)
    ready: list[str] = []

    def prepare() -> None:
        """Make the data of the next round, which is not timed with bare typst."""
        ready.clear()
        for _ in range(each_round):
            page = printer.page_of(made_up(next(numbers)))
            ready.append(json.dumps({"title": "学分证书", "certificates": [page]}, ensure_ascii=False))

    def compile_bare() -> None:
        for data in ready:
            bare.compile(
                TEMPLATES / "certificate.typ", format="pdf", sys_inputs={"data": data}, timestamp=int(AT.timestamp())
            )

    def print_ours() -> None:
        for _ in range(each_round):
            printer.print([made_up(next(numbers))])

    cases: dict[str, Callable[[], object]] = {"prepare": prepare, "bare typst": compile_bare, "ours": print_ours}
    times = in_turns(cases, rounds=rounds)
    return {
        name: {"a_second": round(each_round / times[name].cpu_ms * 1000, 1), "cpu_ms": times[name].as_dict()}
        for name in ("bare typst", "ours")
    }


def one_job(certificates: int) -> None:
    """Print so many certificates as one job, into a zip."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="bench-certificates-") as folder:
        engine, person_id, ids = make_certified(Path(folder), certificates)
        with Session(engine) as db:
            files.enqueue_file(db, owner_id=person_id, ids=ids, wanted=FileFormat.ZIP, now=clock.now())
            db.commit()
        handler = files.make_printer_of_files(Printer(Typesetter(Fonts()), BASE))
        runner = JobRunner(engine, {files.JOB: handler}, clock, timedelta(minutes=5))
        while runner.run_next():
            pass
        with Session(engine) as db:
            printed = db.scalar(select(func.count(CertificateFilePart.position)))
        engine.dispose()
    assert printed == certificates


def main() -> None:
    """Measure, print the tables and write the result."""
    # first, because a child that is forked from a process with typst's threads never ends
    peaks = {str(certificates): round(peak_mb(partial(one_job, certificates)), 1) for certificates in (FEW, MANY)}
    printed = printing(EACH_ROUND, ROUNDS)
    share = printed["ours"]["a_second"] / printed["bare typst"]["a_second"]
    print(table(["certificates", "a second and core"], [[name, each["a_second"]] for name, each in printed.items()]))
    print(f"ours of bare typst: {share:.0%} (goal: 80%); peak MB of one job by certificates: {peaks}")
    figures = {"printing": printed, "of_bare_typst": round(share, 3), "job_peak_mb": peaks}
    write_result("certificates", figures, packages=("typst", "qrcode", "fonttools"), pinned_to=CORES)


if __name__ == "__main__":
    main()
