"""What there is to tell of an error code."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProblemKind:
    """One stable code. title: what is wrong; hint: what the person can do next."""

    status: int
    title_zh: str
    title_en: str
    hint_zh: str
    hint_en: str
