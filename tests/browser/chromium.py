"""The Chromium of tests and pictures: where it is, and how it is started."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

_ARGUMENTS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
]  # fmt: skip


def find_chromium() -> str | None:
    """Return the path of a Chromium: the one that CHROMIUM names, or Debian's; None where there is none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def launch(play: Playwright, chromium: str, film: Path) -> Browser:
    """Start Chromium with a camera that shows a film."""
    arguments = [*_ARGUMENTS, f"--use-file-for-fake-video-capture={film}"]
    return play.chromium.launch(executable_path=chromium, args=arguments)
