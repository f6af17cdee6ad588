"""Chooses the file store by the settings, and makes what takes evidence."""

from credit.evidence.evidence import EvidenceDesk
from foundation.sealing import FieldSeal
from foundation.stored_files.folder import FolderStore
from foundation.stored_files.store import FileStore, SealedFiles
from service.configuration.keys import Keys
from service.configuration.settings import Settings


def choose_files(settings: Settings, keys: Keys) -> SealedFiles:
    """Return the store of this installation, which seals with its keys."""
    ring = keys.file_ring
    return SealedFiles(_choose(settings), {ident: ring.key(ident) for ident in ring.ids}, ring.current)


def make_evidence_desk(settings: Settings, files: SealedFiles, seal: FieldSeal) -> EvidenceDesk:
    """Return what takes files of evidence."""
    return EvidenceDesk(files, seal, daily=settings.evidence_daily, unused_days=settings.evidence_unused_days)


def _choose(settings: Settings) -> FileStore:
    if settings.file_store == "folder":
        return FolderStore(settings.stored_files_path)
    # Only here: the client of S3 is an extra that most installations don't have.
    from foundation.stored_files.s3 import Bucket, S3Store

    return S3Store(
        Bucket(
            endpoint=settings.s3_endpoint,
            name=settings.s3_bucket,
            region=settings.s3_region,
            access_key=settings.s3_access_key_id,
            secret_key=settings.s3_access_key_secret.get_secret_value(),
            prefix=settings.s3_prefix,
        )
    )
