"""A certificate of its own for the demo in a network, and the address for the phones of that network.

Browsers open the camera only on a secure page. A certificate that nobody signed gives one after a warning; it is for
trying the demo, never for people's data.
"""

import ipaddress
import os
import socket
import sys
from datetime import datetime, timedelta
from pathlib import Path

import qrcode
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_LASTS = timedelta(days=90)
_NOWHERE = ("192.0.2.1", 9)  # an address for documentation (RFC 5737): the way to it is looked up, nothing is sent


def own_address() -> str | None:
    """Return the address by which the phones of this network reach this machine; None without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_NOWHERE)
        except OSError:
            return None
        return str(probe.getsockname()[0])


def keep_certificate(folder: Path, address: str, *, now: datetime) -> tuple[Path, Path]:
    """Return a certificate for `address` and its key; one that is there and lasts another week stays."""
    certificate, key = folder.absolute() / f"{address}.crt", folder.absolute() / f"{address}.key"
    if not (certificate.is_file() and key.is_file() and _ends_at(certificate) > now + timedelta(days=7)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(certificate, key, address, now)
    return certificate, key


def show(url: str) -> None:
    """Print the address and its QR code to the terminal."""
    code = qrcode.QRCode(border=2)
    code.add_data(url)
    code.print_ascii(out=sys.stderr, invert=True)
    print(  # noqa: T201 - for the person at the terminal
        f"serve: open {url} on a phone of this network. The browser warns of a certificate that nobody signed:\n"
        "serve: that is right for this demo, go on. Camera and kept photos work; the app can't be installed.",
        file=sys.stderr,
    )


def _ends_at(certificate: Path) -> datetime:
    return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc


def _make(certificate: Path, key: Path, address: str, now: datetime) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CME demo")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address)), x509.DNSName("localhost")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _LASTS)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(secret, hashes.SHA256())
    )
    with open(key, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(
            secret.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
