"""Masked values, so that their owner recognizes them and nobody else learns them (PRIVACY L-19)."""

_END = 4


def masked_id_number(number: str | None) -> str | None:
    """Return an ID number with its first and last character alone: `6****************4`."""
    if number is None:
        return None
    return number[0] + "*" * (len(number) - 2) + number[-1]


def masked_end(text: str | None) -> str | None:
    """Return a number with its last four characters alone, or with half of them if it is short."""
    if text is None:
        return None
    shown = min(_END, len(text) // 2)
    return "*" * (len(text) - shown) + text[len(text) - shown :]


def masked_email(address: str | None) -> str | None:
    """Return an address with the first character of its name, and its domain: `a***@example.org`."""
    if address is None:
        return None
    name, _, domain = address.partition("@")
    return f"{name[0]}***@{domain}"
