"""The photo of a profile (照片, M-5.5): uploaded by its owner, seen by the owner and the admins of their unit.

It is never a face to check in by: no face is looked for in it, and it lies in the store of files, not in the gallery.
"""

import threading
import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accounts.people import people
from faces.errors import PhotoAnimated, PhotoBroken, PhotoRefused, PhotoTooLarge, PhotoTooManyPixels
from faces.photos.headers import read_header
from faces.photos.small_photo import encode, read_upright
from foundation import audit, throttles
from foundation.callers import Caller
from foundation.errors import FileUnreadable, NotFound
from foundation.stored_files import records
from foundation.stored_files.store import SealedFiles
from foundation.transactions import read_only
from models.people import Person
from models.profiles import ProfilePhoto
from models.stored_files import StoredFile

MOST_BYTES = 5 * 2**20
"""As of a photo of evidence (O-17)."""
_LONGEST_SIDE, _MOST_PIXELS = 4096, 60_000_000
_DAILY, _DAY = 20, timedelta(days=1)


class ProfilePhotos:
    """Takes and shows photos. One is decoded at a time in a process: a large one takes 180 MB meanwhile."""

    def __init__(self, files: SealedFiles) -> None:
        self._files = files
        self._turn = threading.Lock()

    def put(self, db: Session, *, caller: Caller, data: bytes, now: datetime) -> ProfilePhoto:
        """Set the caller's photo, made anew without EXIF; the one before is deleted. Return its row.

        The slow work is done outside of any transaction. Raises PhotoTooLarge, PhotoTooManyPixels, PhotoUnsupported,
        PhotoBroken, PhotoAnimated; TooManyAttempts, FileStoreUnavailable.
        """
        key = f"profile_photo:{caller.person_id}"
        with read_only(db):
            throttles.check_count(db, key, limit=_DAILY, window=_DAY, now=now)
        stored = self._files.put(self._clean(data))
        throttles.count(db, key, limit=_DAILY, window=_DAY, now=now)
        people.lock_person(db, caller.person_id)
        file_id = records.keep(db, stored, now).id
        photo = db.get(ProfilePhoto, caller.person_id, populate_existing=True)
        if photo is None:
            photo = ProfilePhoto(person_id=caller.person_id, file_id=file_id, put_at=now)
            db.add(photo)
        else:
            records.discard(db, photo.file_id, now)
            photo.file_id, photo.put_at = file_id, now
        db.flush()
        audit.record(db, caller, now, "profile.photo_put", ("person", caller.person_id))
        return photo

    def delete(self, db: Session, *, caller: Caller, now: datetime) -> None:
        """Delete the caller's photo. Without one nothing happens."""
        people.lock_person(db, caller.person_id)
        photo = db.get(ProfilePhoto, caller.person_id, populate_existing=True)
        if photo is not None:
            records.discard(db, photo.file_id, now)
            db.delete(photo)
            audit.record(db, caller, now, "profile.photo_delete", ("person", caller.person_id))
            db.flush()

    def read(self, db: Session, person_id: uuid.UUID) -> bytes:
        """Return a person's photo, a JPEG. Raises NotFound, FileUnreadable, FileStoreUnavailable."""
        wanted = select(StoredFile.name).join(ProfilePhoto, ProfilePhoto.file_id == StoredFile.id)
        with read_only(db):
            photo = db.get(ProfilePhoto, person_id)
            name = db.scalar(wanted.where(ProfilePhoto.person_id == person_id))
        if photo is None:
            raise NotFound
        if name is None:
            raise FileUnreadable
        return self._files.get(name)

    def look_at(self, db: Session, *, person_id: uuid.UUID, caller: Caller, now: datetime) -> bytes:
        """Return the photo of a person for an admin, and write that look to the audit trail. Raises as `read`.

        Raises NotFound beyond the caller's reach too.
        """
        with read_only(db):
            person = db.get(Person, person_id, options=[joinedload(Person.unit)])
            if person is None or not caller.may(people.PEOPLE_ADMINS, person.unit.path):
                raise NotFound
        content = self.read(db, person_id)
        audit.record(db, caller, now, "profile.photo_look", ("person", person_id))
        return content

    def _clean(self, data: bytes) -> bytes:
        """Return a photo made anew: upright, of at most `_LONGEST_SIDE` pixels a side, nothing in it but pixels."""
        if len(data) > MOST_BYTES:
            raise PhotoTooLarge(photo=0)
        header = read_header(data)
        if header.frames > 1:
            raise PhotoAnimated(photo=0)
        if header.width * header.height > _MOST_PIXELS:
            raise PhotoTooManyPixels(photo=0)
        with self._turn:
            try:
                return encode(read_upright(data, _LONGEST_SIDE))
            except PhotoRefused:
                raise
            except Exception as damaged:  # whatever a decoder says of a file that it doesn't like
                raise PhotoBroken(photo=0) from damaged
