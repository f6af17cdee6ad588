"""Prints certificates in the layout of the manual (M-10.3, M-10.4), by what they say and never by live rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from credit.certificates.snapshots import Snapshot
from credit.certificates.states import CertificateView
from credit.errors import NameLettersMissing
from documents.qr_codes import draw_qr
from documents.typesetting import Typesetter
from models.certificates import Certificate, CertificateKind

TITLES = {CertificateKind.CREDIT: "继续医学教育学分证书", CertificateKind.TEACHING: "继续医学教育授课证书"}
_CLASSES = {"I": "I类学分", "II": "II类学分"}
_UNKNOWN = "—"


def code_points(letter: str) -> str:
    """Return a letter as its code points, such as U+20BB7: a screen may lack it as well."""
    return " ".join(f"U+{ord(each):04X}" for each in letter)


@dataclass(frozen=True)
class Printer:
    """Prints certificates. base_url: the address that the QR code leads to."""

    typesetter: Typesetter
    base_url: str

    def verify_url(self, certificate: Certificate) -> str:
        """Return the address of the public page. Its last segment is the token."""
        return f"{self.base_url}/v/{certificate.token}"

    def missing_letters(self, name: str) -> list[str]:
        """Return the letters of a name that no font has."""
        return self.typesetter.find_missing(name)

    def require_printable(self, name: str) -> None:
        """Raise NameLettersMissing unless the fonts have each letter of a name."""
        if missing := self.missing_letters(name):
            raise NameLettersMissing(facts=letters_fact(missing))

    def print(self, certificates: Sequence[Certificate]) -> bytes:
        """Return a PDF with one page for each certificate, the same each time.

        Raises NameLettersMissing. A letter of another text that no font has is printed as 〓.
        """
        for each in certificates:
            self.require_printable(Snapshot.of(each.facts).name)
        newest = max(each.issued_at for each in certificates)
        pages = [self.typesetter.with_stand_ins(self.page_of(each)) for each in certificates]
        data = {"title": TITLES[certificates[0].kind], "certificates": pages}
        return self.typesetter.typeset("certificate", data, at=newest)

    def page_of(self, certificate: Certificate) -> dict[str, Any]:
        """Return the data of a page for the template."""
        snapshot = Snapshot.of(certificate.facts)
        return {
            "number_label": "证书编号",
            "number": certificate.number,
            "title": TITLES[certificate.kind],
            "mark": "个人申报" if snapshot.is_self_claimed else None,
            "fields": [[label, value] for label, value in fields_of(snapshot)],
            "qr": draw_qr(self.verify_url(certificate)),
            "qr_label": "防伪查询",
            "signature": [snapshot.reviewing_unit, _day(snapshot.ends_on)],
            "note": "本证书不使用电子印章，以扫描二维码查询的结果为准。",
        }


def fields_of(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Return what stands in the middle of a certificate, in the order of M-10.3, with its labels."""
    number = snapshot.project_number or _UNKNOWN
    return [
        ("姓名", snapshot.name),
        ("性别", snapshot.sex or _UNKNOWN),
        ("项目举办周期", period_of(snapshot)),
        ("主办单位", snapshot.organizer),
        ("项目学分类型", f"{snapshot.level}（{snapshot.activity_type}）"),
        ("项目编号", number),
        ("项目名称", snapshot.project),
        ("授予学分类别", _CLASSES.get(snapshot.credit_class or "", snapshot.credit_class or _UNKNOWN)),
        ("学分", snapshot.credits),
        ("学时", snapshot.hours),
    ]


def period_of(snapshot: Snapshot) -> str:
    """Return the days of the activity in Chinese, a single one once."""
    first, last = _day(snapshot.starts_on), _day(snapshot.ends_on)
    return first if first == last else f"{first}至{last}"


def letters_fact(missing: Sequence[str]) -> dict[str, Any]:
    """Return letters that no font has as the fact of a refusal or a notice."""
    return {"letters": [f"{each} ({code_points(each)})" for each in missing]}


def is_printable(view: CertificateView, printer: Printer) -> bool:
    """Return whether a certificate is valid and the fonts have its name."""
    return view.is_valid and not printer.missing_letters(view.snapshot.name)


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"
