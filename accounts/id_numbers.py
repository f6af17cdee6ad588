"""ID numbers in one form, and what of a person proves who they are."""

import re

from accounts.errors import IdNumberInvalid

_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_OTHER_DOCUMENT = re.compile(r"[A-Z0-9()-]{5,17}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_CHECK_DIGITS = "10X98765432"


def normal_id_number(text: str) -> str:
    """Return the ID number in upper case. One of 18 characters is a resident ID, others are passports or similar.

    Raises IdNumberInvalid if it is neither, or its check digit is wrong.
    """
    text = text.upper()
    if is_resident_number(text) or _OTHER_DOCUMENT.fullmatch(text):
        return text
    raise IdNumberInvalid(field="id_number")


def is_resident_number(text: str) -> bool:
    """Return whether an 18-digit resident ID number has the right check digit (GB 11643-1999)."""
    return bool(_RESIDENT.fullmatch(text.upper())) and text[17].upper() == check_digit(text)


def check_digit(digits: str) -> str:
    """Return the last character of a resident ID number that begins with these 17 digits (GB 11643-1999)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False))
    return _CHECK_DIGITS[total % 11]
