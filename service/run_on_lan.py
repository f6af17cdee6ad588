"""`scripts/serve --demo --lan`: the supervisor, with TLS before it for the phones of this network."""

import os
import signal
import socket
import sys
from datetime import UTC, datetime

from service import run
from service.commands import lan
from service.configuration.settings import Settings
from service.running.processes import fork
from service.running.web.tls_front import forward

_PORT = 8443


def main() -> int:
    """Run the demo for the phones of this network until a signal to end; return the exit code."""
    address = lan.own_address()
    if address is None:
        print("serve: this machine has no address in a network", file=sys.stderr)  # noqa: T201
        return 1
    settings, port = Settings(), int(os.environ.get("LAN_PORT", _PORT))
    certificate, key = lan.keep_certificate(settings.var / "lan", address, now=datetime.now(UTC))
    os.environ["PUBLIC_URL"] = url = f"https://{address}:{port}"
    os.environ["HOST"] = "127.0.0.1"
    front = socket.create_server(("0.0.0.0", port), backlog=256)  # noqa: S104 - it is for the phones of the network
    fork(lambda: forward(front, certificate, key, ("127.0.0.1", settings.port)), dies_by=signal.SIGTERM, name="cme-tls")
    front.close()
    lan.show(url)
    return run.main()


if __name__ == "__main__":
    sys.exit(main())
