"""A small S3 over HTTP for tests: one bucket in memory, path style, with just the calls that the store makes."""

import hashlib
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

BUCKET = "cme-files"


class Held:
    """The objects of the bucket, and whether the stand-in refuses everything."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.refuses = False
        self.signed: list[bool] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    held: Held

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _fail(self, status: int, code: str) -> None:
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message><Resource>/</Resource></Error>"
        self._answer(status, body.encode() if self.command != "HEAD" else b"", Content_Type="application/xml")

    def _key(self) -> str | None:
        """Return the key of an object, an empty one for the bucket, None once it was answered."""
        self.held.signed.append(self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256"))
        bucket, _, key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        if self.held.refuses or bucket != BUCKET:
            self._fail(403 if self.held.refuses else 404, "AccessDenied" if self.held.refuses else "NoSuchBucket")
            return None
        return key

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        key = self._key()
        if key:
            self.held.objects[key] = (content, datetime.now(UTC))
            self._answer(200, ETag=f'"{hashlib.md5(content).hexdigest()}"')  # noqa: S324 - what S3 answers

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        key = self._key()
        if key is None:
            return
        if not key:
            self._list()
        elif key in self.held.objects:
            content, at = self.held.objects[key]
            self._answer(200, content, Last_Modified=f"{at:%a, %d %b %Y %H:%M:%S GMT}", ETag='"x"')
        else:
            self._fail(404, "NoSuchKey")

    def do_DELETE(self) -> None:
        key = self._key()
        if key is not None:
            self.held.objects.pop(key, None)
            self._answer(204)

    def _list(self) -> None:
        prefix = parse_qs(urlsplit(self.path).query).get("prefix", [""])[0]
        rows = "".join(
            f"<Contents><Key>{key}</Key><LastModified>{at:%Y-%m-%dT%H:%M:%S.000Z}</LastModified>"
            f'<ETag>"x"</ETag><Size>{len(content)}</Size><StorageClass>STANDARD</StorageClass></Contents>'
            for key, (content, at) in sorted(self.held.objects.items())
            if key.startswith(prefix)
        )
        body = (
            '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>{BUCKET}</Name><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
        )
        self._answer(200, body.encode(), Content_Type="application/xml")


class S3StandIn:
    """The running stand-in. Use it as a context."""

    def __init__(self) -> None:
        self.held = Held()
        handler = type("Handler", (_Handler,), {"held": self.held})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "S3StandIn":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
