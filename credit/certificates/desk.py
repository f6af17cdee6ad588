"""What the service needs for certificates beside the database."""

from dataclasses import dataclass

from credit.certificates.badges import BadgeIssuer
from credit.certificates.numbers import NumberFormat
from credit.certificates.printing import Printer
from credit.certificates.verification import Looks


@dataclass(frozen=True)
class CertificateDesk:
    """How certificates are numbered, printed, signed as badges, and looked at."""

    numbers: NumberFormat
    printer: Printer
    badges: BadgeIssuer
    looks: Looks
    bundle_checks: Looks
    """How many calls that check proof bundles a process answers in a minute."""
