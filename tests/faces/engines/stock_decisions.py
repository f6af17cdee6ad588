"""What plain face_recognition says of photos, in a process of its own: importing it changes Pillow for good.

    python -m tests.faces.engines.stock_decisions PHOTO...

Writes JSON: for each photo, in the order given, whether it shows the same person as each photo.
"""

import json
import sys
from pathlib import Path

TOLERANCE = 0.6  # compare_faces' own


def main() -> None:
    """Encode every photo once, compare all with all, and write it."""
    from bench.baselines import stock_face_recognition as stock  # changes Pillow: only where this runs by itself

    encoded = [stock.encode(Path(name).read_bytes()) for name in sys.argv[1:]]
    pairs = [
        [one is not None and other is not None and stock.is_same(one, other, TOLERANCE) for other in encoded]
        for one in encoded
    ]
    sys.stdout.write(json.dumps(pairs))


if __name__ == "__main__":
    main()
