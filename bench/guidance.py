"""The client's live guidance beside the service's check of the same pictures: how often they agree, and how fast it is.

    python -m bench.guidance [--every N] [--spoiled-every N]

Chromium shows the page of components of the built client. Its camera is a canvas, on which each photo is drawn as a
phone at arm's length sees a face. What the page advises, after a second and a half, is compared with what the service
says of the square that the page would send to enrol. The photos are all the tests' photos of one person, or every Nth;
those that are spoiled on purpose are fewer. Speed is measured on one picture: as it is, and with the page's process
stopped for three quarters of the time, as on a slow phone. CPU time doesn't depend on who else uses the machine.
"""

import argparse
import base64
import contextlib
import logging
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from bench import spoiling
from bench.browsing import get_chromium
from bench.measuring import percentile, table, write_result
from faces.engine import FaceEngine, Purpose
from faces.engines.choosing import make_engine
from faces.errors import FaceError
from faces.finding.boxes import Box
from faces.finding.hog import HogFinder
from faces.photos.photo import PhotoLimits, Pixels, open_photo
from foundation.clock import SystemClock
from service.app import create_app
from service.configuration.settings import Settings
from tests.browser.served import built_client
from tests.fakes import FakeEngine
from tests.photos import east_asian_people, east_asian_strangers, people

ROOT = Path(__file__).parents[1]
KEPT = Path("var") / "models"
WIDTH, HEIGHT = 1280, 720  # of the camera
REACH = 1.25  # boxes of the face from its middle to the frame's edge
SENT, TAKEN = 88, 95  # JPEG quality of the square that is sent, and of the frame
SEEN_AFTER, LEAST_ANSWERS = 1.5, 4  # seconds, frames
SPEED_SECONDS = 8.0
STOPPED, RUNNING = 0.015, 0.005  # seconds; a quarter of the time is left
PACKAGES = ["dlib-bin", "numpy", "onnxruntime", "opencv-python-headless", "playwright"]

_CAMERA = f"""
const canvas = document.createElement("canvas");
[canvas.width, canvas.height] = [{WIDTH}, {HEIGHT}];
const context = canvas.getContext("2d");
let shown = null;
setInterval(() => shown && context.drawImage(shown, 0, 0), 66);
navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(15);
window.answers = [];
window.show = async (data) => {{
  shown = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))]));
  window.answers = [];
}};
const Plain = window.Worker;
window.Worker = class extends Plain {{
  constructor(...rest) {{
    super(...rest);
    this.addEventListener("message", ({{data}}) => data.ms === undefined || window.answers.push(data.ms));
  }}
}};"""

Spoil = Callable[[Pixels, Box], Pixels]
KINDS: dict[str, Spoil] = {
    "as they are": lambda pixels, box: pixels,
    **{f"blurred by {share:.1%}": partial(spoiling.out_of_focus, share=share) for share in (0.015, 0.025, 0.05)},
    **{f"{light:.0%} of the light": partial(spoiling.darkened, light=light) for light in (0.5, 0.25, 0.1)},
    "beside somebody else": lambda pixels, box: np.hstack([pixels, pixels]),
}


def main() -> None:
    """Measure, print the tables and write the result."""
    parser = argparse.ArgumentParser(prog="guidance", description="Live guidance beside the service's photo check.")
    parser.add_argument("--every", type=int, default=1, help="take every Nth photo")
    parser.add_argument("--spoiled-every", type=int, default=8, help="spoil every Nth of them")
    asked = parser.parse_args()
    chromium = get_chromium()
    engine = make_engine("dlib-onnx+faceres", folder=KEPT)
    western = [photo for group in people().values() for photo in group]
    east_asian = [*(photo for group in east_asian_people().values() for photo in group), *east_asian_strangers()]
    faces = [each for path in [*western, *east_asian][:: asked.every] if (each := face_in(path)) is not None]
    with tempfile.TemporaryDirectory() as var, serving(Path(var)) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--disable-gpu"])
        page = opened(browser, address)
        found: dict[str, Counter[tuple[str, str]]] = {}
        for kind, spoil in KINDS.items():
            some = faces if kind == "as they are" else faces[:: asked.spoiled_every]
            found[kind] = Counter(compared(page, engine, framed(spoil(*each))) for each in some)
            print(kind, dict(found[kind]), flush=True)
        speeds = measure_speed(page, framed(faces[0][0]))
        browser.close()
    print(table(["pictures", "number", *COLUMNS], [[kind, *row(each)] for kind, each in found.items()]))
    print(table(["page", *SPEED], [[name, *each] for name, each in speeds.items()]))
    figures: dict[str, Any] = {
        "photos": len(faces),
        "agreement": {
            kind: {f"{page} / {service}": n for (page, service), n in each.items()} for kind, each in found.items()
        },
        "speed": {name: dict(zip(SPEED, each, strict=True)) for name, each in speeds.items()},
    }
    write_result("guidance", figures, packages=PACKAGES, pinned_to=os.cpu_count() or 1)


COLUMNS = ("both would take it", "neither would", "only the page asks for a better one", "only the service refuses")
SPEED = ("frames a second", "CPU ms a frame", "ms a frame, median", "ms a frame, 90%")


def row(found: Counter[tuple[str, str]]) -> list[int]:
    """Return the number of pictures, then those of each column."""
    both = sum(n for (page, service), n in found.items() if page == "good" and service == "usable")
    neither = sum(n for (page, service), n in found.items() if page != "good" and service != "usable")
    page_only = sum(n for (page, service), n in found.items() if page != "good" and service == "usable")
    return [found.total(), both, neither, page_only, found.total() - both - neither - page_only]


def face_in(path: Path) -> tuple[Pixels, Box] | None:
    """Return the face of a photo with what is around it, and its box in this; None where HOG finds none."""
    seen = HogFinder().find(open_photo(path.read_bytes(), PhotoLimits()), Purpose.ENROL)
    if not seen.boxes:
        return None
    box = max(seen.boxes, key=lambda each: each.side)
    half = int(REACH * box.side)
    padded = cv2.copyMakeBorder(seen.pixels, half, half, half, half, cv2.BORDER_REPLICATE)
    left, top = (max(0, int(at)) for at in box.middle)
    cut = np.ascontiguousarray(padded[top : top + 2 * half, left : left + 2 * half], np.uint8)
    return cut, Box(half - box.side / 2, half - box.side / 2, box.side, box.score)


def framed(picture: Pixels) -> Pixels:
    """Return the camera's frame: the picture as large as fits into the square that the page shows, on grey."""
    scale = HEIGHT / max(picture.shape[:2])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    shown = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=way)
    frame = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    top, left = (HEIGHT - shown.shape[0]) // 2, (WIDTH - shown.shape[1]) // 2
    frame[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    return frame


def compared(page: Page, engine: FaceEngine, frame: Pixels) -> tuple[str, str]:
    """Return what the page advises, and what the service says: "usable", or the code of the refusal."""
    page.evaluate("data => window.show(data)", base64.b64encode(_jpeg(frame, TAKEN)).decode())
    began = time.monotonic()
    while time.monotonic() - began < SEEN_AFTER or page.evaluate("() => window.answers.length") < LEAST_ANSWERS:
        page.wait_for_timeout(100)
    advised = page.locator("[data-test=advice]").get_attribute("data-advice") or "look"
    left = (WIDTH - HEIGHT) // 2
    try:
        engine.look(_jpeg(frame[:, left : left + HEIGHT], SENT), Purpose.ENROL)
    except FaceError as refused:
        return advised, refused.code
    return advised, "usable"


def measure_speed(page: Page, frame: Pixels) -> dict[str, list[str]]:
    """Return the figures of SPEED, with all of the processor and with a quarter of it."""
    page.evaluate("data => window.show(data)", base64.b64encode(_jpeg(frame, TAKEN)).decode())
    renderers = (each for each in _children() if "--type=renderer" in each.cmdline())
    renderer = max(renderers, key=lambda each: sum(each.cpu_times()[:2]))
    return {"as it is": _speed(page, renderer), "a quarter of the time": _speed(page, renderer, is_slow=True)}


def _speed(page: Page, renderer: psutil.Process, *, is_slow: bool = False) -> list[str]:
    page.evaluate("() => { window.answers = []; }")
    before, began, over = sum(renderer.cpu_times()[:2]), time.monotonic(), threading.Event()
    slowing = threading.Thread(target=_slow_down, args=(renderer.pid, over))
    if is_slow:
        slowing.start()
    time.sleep(SPEED_SECONDS)
    over.set()
    if is_slow:
        slowing.join()
    took, spent = time.monotonic() - began, sum(renderer.cpu_times()[:2]) - before
    times = page.evaluate("() => window.answers")
    count = max(1, len(times))
    return [
        f"{len(times) / took:.1f}",
        f"{spent / count * 1000:.0f}",
        *(f"{percentile(times, at):.0f}" for at in (50, 90)),
    ]


def _slow_down(pid: int, over: threading.Event) -> None:
    """Stop a process for three quarters of the time."""
    while not over.is_set():
        os.kill(pid, signal.SIGSTOP)
        time.sleep(STOPPED)
        os.kill(pid, signal.SIGCONT)
        time.sleep(RUNNING)


def _children() -> Iterator[psutil.Process]:
    for each in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            each.cmdline()
            yield each


def opened(browser: Browser, address: str) -> Page:
    """Open the camera of the page of components; return it once the network looks at frames."""
    page = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN").new_page()
    page.add_init_script(_CAMERA)
    page.goto(f"{address}/dev/components")
    page.get_by_role("button", name="打开相机看看").first.click()
    page.locator("[data-test=advice]").wait_for()
    return page


@contextlib.contextmanager
def serving(var: Path) -> Iterator[str]:
    """Serve the built client; yields its address."""
    client, why = built_client()
    if not client:
        sys.exit(f"guidance: {why}")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    settings = Settings(var=var, demo=True, web_folder=Path(client))
    server = make_server("127.0.0.1", 0, create_app(settings, clock=SystemClock(), engine=FakeEngine()), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def _jpeg(pixels: Pixels, quality: int) -> bytes:
    done, data = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return data.tobytes()


if __name__ == "__main__":
    main()
