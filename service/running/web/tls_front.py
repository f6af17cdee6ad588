"""TLS before the web workers, for the demo in a network: bytes are forwarded to the plain port of this machine.

The web workers hold slow connections at their poller until a request has arrived, and know nothing of TLS. An
installation has a proxy before them; the demo has this.
"""

import asyncio
import contextlib
import socket
import ssl
from pathlib import Path

_AT_ONCE = 64 * 2**10
_HANDSHAKE_SECONDS = 10.0


def forward(front: socket.socket, certificate: Path, key: Path, to: tuple[str, int]) -> None:
    """Forward each TLS connection of the listening `front` to the plain address `to`, until this process ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    asyncio.run(_serve(front, context, to))


async def _serve(front: socket.socket, context: ssl.SSLContext, to: tuple[str, int]) -> None:
    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection(*to)
        except OSError:  # the service is still starting
            writer.close()
            return
        await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))

    server = await asyncio.start_server(
        connect, sock=front, ssl=context, ssl_handshake_timeout=_HANDSHAKE_SECONDS, limit=_AT_ONCE
    )
    async with server:
        await server.serve_forever()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy bytes until their sender has ended, then end the other side too."""
    with contextlib.suppress(OSError):  # either side may go at any time
        while data := await reader.read(_AT_ONCE):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()
