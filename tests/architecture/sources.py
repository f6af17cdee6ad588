"""What the tests of guards share with others."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


PACKAGES = ("accounts", "attendance", "credit", "faces", "foundation", "models", "service", "sheets")


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
