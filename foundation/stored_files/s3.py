"""A bucket of an S3-compatible store: MinIO, Ceph, or that of a cloud. Imported only when it is configured."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from foundation.stored_files.store import FileMissing, StoreFails, check_name

_MISSING = frozenset({"NoSuchKey", "NoSuchObject"})
_CONNECT, _READ = 3.0, 20.0
"""Seconds: a request waits for them, and a person for the request."""


@dataclass(frozen=True, repr=False)
class Bucket:
    """Where a bucket is, and what opens it. endpoint: as in https://s3.example.cn; prefix: before each name."""

    endpoint: str
    name: str
    region: str
    access_key: str
    secret_key: str
    prefix: str = ""


class S3Store:
    """Keeps files in a bucket. Implements `FileStore`. The bucket must exist; it needs no public access at all."""

    def __init__(self, bucket: Bucket) -> None:
        parts = urlsplit(bucket.endpoint)
        patience = urllib3.Timeout(connect=_CONNECT, read=_READ)
        self._bucket, self._prefix = bucket.name, bucket.prefix
        self._client = Minio(
            parts.netloc,
            access_key=bucket.access_key,
            secret_key=bucket.secret_key,
            region=bucket.region,
            secure=parts.scheme == "https",
            http_client=urllib3.PoolManager(timeout=patience, maxsize=16, retries=urllib3.Retry(2, backoff_factor=0.2)),
        )

    def put(self, name: str, content: bytes) -> None:
        """Store the content under the name. The store makes it whole or not at all."""
        with _told():
            self._client.put_object(
                bucket_name=self._bucket,
                object_name=self._key(name),
                data=io.BytesIO(content),
                length=len(content),
                content_type="application/octet-stream",
            )

    def get(self, name: str) -> bytes:
        """Return the content. Raises FileMissing."""
        with _told():
            answer = self._client.get_object(bucket_name=self._bucket, object_name=self._key(name))
            try:
                return bytes(answer.data)
            finally:
                answer.close()
                answer.release_conn()

    def exists(self, name: str) -> bool:
        """Return whether there is such an object."""
        try:
            with _told():
                self._client.stat_object(bucket_name=self._bucket, object_name=self._key(name))
        except FileMissing:
            return False
        return True

    def delete(self, name: str) -> None:
        """Delete the object, if there is one."""
        with _told():
            self._client.remove_object(bucket_name=self._bucket, object_name=self._key(name))

    def older_than(self, shard: str, until: datetime) -> Iterator[str]:
        """Yield the names that begin with two digits and were stored before an instant."""
        with _told():
            for found in self._client.list_objects(
                bucket_name=self._bucket, prefix=f"{self._prefix}{shard}", recursive=True
            ):
                if found.last_modified is not None and found.last_modified < until:
                    yield str(found.object_name).removeprefix(self._prefix)

    def ready(self) -> bool:
        """Return whether the bucket answers."""
        try:
            with _told():
                return bool(self._client.bucket_exists(bucket_name=self._bucket))
        except (FileMissing, StoreFails):
            return False

    def _key(self, name: str) -> str:
        return self._prefix + check_name(name)


@contextmanager
def _told() -> Iterator[None]:
    """Turn the errors of the client into ours. Their texts name keys and hosts, and stay out of answers."""
    try:
        yield
    except S3Error as error:
        if error.code in _MISSING:
            raise FileMissing from None
        raise StoreFails(f"the file store answered {error.code}") from error
    except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
        raise StoreFails(f"the file store did not answer: {type(error).__name__}") from error
