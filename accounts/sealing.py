"""Personal fields at rest: sealed for reading back, hashed for looking up (PRIVACY L-19)."""

import hashlib
import hmac
import secrets

import phonenumbers
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.errors import PhoneInvalid


class FieldSeal:
    """Seals and hashes personal fields with keys derived from one 32-byte key."""

    def __init__(self, key: bytes) -> None:
        self._index_key = hmac.digest(key, b"blind index", "sha256")
        self._aead = AESGCM(hmac.digest(key, b"sealed field", "sha256"))

    def blind(self, kind: str, value: str) -> bytes:
        """32 bytes that are the same for the same value: an index that tells nothing without the key."""
        return hmac.digest(self._index_key, f"{kind}\0{value}".encode(), hashlib.sha256)

    def seal(self, kind: str, value: str) -> bytes:
        """The value, encrypted (AES-256-GCM, a fresh nonce of 12 bytes in front)."""
        nonce = secrets.token_bytes(12)
        return nonce + self._aead.encrypt(nonce, value.encode(), kind.encode())

    def open(self, kind: str, sealed: bytes) -> str:
        """The value again. Raises cryptography.exceptions.InvalidTag if it was tampered with."""
        return self._aead.decrypt(sealed[:12], sealed[12:], kind.encode()).decode()


def normal_phone(text: str) -> str:
    """The mobile number in E.164 form; numbers without a country code are Chinese.

    Raises PhoneInvalid if no mobile phone can have that number.
    """
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        raise PhoneInvalid(field="phone") from None
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if not phonenumbers.is_possible_number(number) or phonenumbers.number_type(number) not in mobile:
        raise PhoneInvalid(field="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
