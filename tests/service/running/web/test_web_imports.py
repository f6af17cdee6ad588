"""What the web loads: the face libraries stay in the face workers."""

import os
import subprocess
import sys
from pathlib import Path

LOOK = """
import sys, wsgi
print(sorted({"dlib", "cv2", "face_recognition"} & set(sys.modules)))
"""


def test_the_web_loads_neither_dlib_nor_opencv(tmp_path: Path) -> None:
    environment = {**os.environ, "VAR": str(tmp_path), "DEMO": "1"}
    printed = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", LOOK], env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert printed.strip() == "[]"
