"""Files that mean harm, sent to the service in process with its real engine: `python -m tests.fuzz.hostile_uploads`.

A process of its own, because the peak memory of a test's own process says nothing. Prints one JSON object: what was
answered by path and file, what lies in the tables before and after, and how many MiB
it took at its peak beyond what it had.
"""

import json
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import create_engine, delete, func, select
from sqlalchemy.orm import Session

from models import Base
from models.accounts import Throttle
from service.app import create_app
from service.configuration.settings import Settings
from service.edge.database import db as flask_db
from service.edge.migrating import migrate
from service.run import load_engine
from tests import photos
from tests.api import Api
from tests.faces.images import encoded, gradient, hostile, png
from tests.factories import Factories
from tests.fakes import FakeClock, RecordingGateway


def files() -> dict[str, bytes]:
    """Every hostile file, and odd but honest ones without a face."""
    picture = gradient(400, 300)
    photo = encoded(picture, quality=95)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("evil.sh", "rm -rf /")
    frames: dict[str, Any] = {"save_all": True, "append_images": [picture.rotate(90)]}
    return {
        **hostile(),
        "jpeg and zip": photo + packed.getvalue(),
        "png and html": encoded(picture, "PNG") + b"<html><script>alert(1)</script>",
        "png of 16 bits": png(400, 300, bits=16, colour=2),
        "png of 16 bits with alpha": png(400, 300, bits=16, colour=6),
        "grey png of 16 bits": encoded(Image.new("I;16", (400, 300), 40_000), "PNG"),
        "cmyk jpeg": encoded(picture.convert("CMYK")),
        "grey jpeg": encoded(picture.convert("L")),
        "palette png": encoded(picture.convert("P"), "PNG"),
        "transparent png": encoded(picture.convert("RGBA"), "PNG"),
        "one pixel": encoded(gradient(1, 1), "PNG"),
        "one row": encoded(gradient(4000, 1), "PNG"),
        "animated avif or webp": encoded(picture, "WEBP", **frames),
    }


def main() -> None:
    """Send all files to both places that take photos, from somebody without a face and from somebody with one."""
    with tempfile.TemporaryDirectory() as folder, _service(Path(folder)) as (enrolling, checking_in, scan, db):
        before, sent, good, told = _rows(db), files(), _a_photo(), {}
        resident = _forget_peak()
        for name, file in sent.items():
            db.execute(delete(Throttle))  # thirty refusals a minute are a limit of another kind
            told[name] = [
                _told(enrolling.enrol(file)),
                _told(enrolling.enrol(good, file)),
                _told(checking_in.send_photos("/check-ins", [file], ticket=scan())),
            ]
        grown = (_memory("VmHWM") - resident) // 1024
        json.dump({"told": told, "before": before, "after": _rows(db), "grown_mib": grown}, sys.stdout)


@contextmanager
def _service(folder: Path) -> Iterator[tuple[Api, Api, Callable[[], str], Session]]:
    settings, clock = Settings(var=folder), FakeClock(datetime.now(UTC))
    migrate(settings)
    app = create_app(settings, clock=clock, engine=load_engine(settings), sms=RecordingGateway())
    beside = create_engine(settings.database, isolation_level="AUTOCOMMIT")
    with Session(beside, expire_on_commit=False) as db:
        make = Factories(app, db, clock)
        make.face_law()
        unit = make.unit()
        organizer, learner = make.organizer(unit), make.person(unit=unit)
        project = make.project(unit=unit, organizer=organizer)
        session = make.session(project)
        make.on_roster(project, learner)
        api = Api(app)
        checking_in = api.as_(learner)
        assert checking_in.enrol(_a_photo()).status_code == 201
        scanned = api.as_(organizer).get(f"/sessions/{session.id}/qr").json["url"]

        def scan() -> str:
            """A ticket of its own for each file: a ticket bears fifteen refusals."""
            return str(checking_in.post("/check-in-tickets", {"qr": scanned}).json["ticket"])

        yield api.as_(make.person(unit=unit)), checking_in, scan, db
    beside.dispose()
    with app.app_context():
        flask_db.session.remove()
        flask_db.engine.dispose()


def _forget_peak() -> int:
    """Begin the peak anew, so that making the files doesn't count; gives what is resident now, in KiB."""
    Path("/proc/self/clear_refs").write_text("5")  # see proc_pid_clear_refs(5)
    return _memory("VmRSS")


def _memory(line: str) -> int:
    """One figure of this process, in KiB."""
    status = Path("/proc/self/status").read_text()
    return int(next(each for each in status.splitlines() if each.startswith(line)).split()[1])


def _a_photo() -> bytes:
    return next(iter(photos.people().values()))[0].read_bytes()


def _told(reply: Any) -> dict[str, Any]:
    kept = {"status": reply.status_code, "type": reply.mimetype, "code": None, "errors": []}
    if reply.is_json:
        kept |= {"code": reply.json.get("code"), "errors": list(reply.json.get("errors", ()))}
    return kept


def _rows(db: Session) -> dict[str, int]:
    tables = Base.metadata.sorted_tables
    return {table.name: db.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


if __name__ == "__main__":
    main()
