"""Where tests and benchmarks find photos of faces.

The folder is the environment variable FACES, else `../shared/faces` beside the checkout, else what
`python -m tests.photos fetch` made of face_recognition's source distribution (`scripts/test` calls it).
In it: one folder a person, `_several_people/` with more than one face a photo, `_partial/` with cut-off faces.
"""

import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from PIL import Image, ImageOps

ROOT = Path(__file__).parent.parent
BESIDE = ROOT.parent / "shared" / "faces"
FETCHED = ROOT / ".venvs" / "test-faces"
SDIST_SHA256 = "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec"
PINNED = f"face_recognition==1.3.0 --hash=sha256:{SDIST_SHA256}"
# What becomes of the distribution's test images. It has one photo of its second person: mirrored, it gives another.
LAYOUT = {
    "obama/1.jpg": "obama.jpg",
    "obama/2.jpg": "obama2.jpg",
    "obama/3.jpg": "obama3.jpg",
    "biden/1.jpg": "biden.jpg",
    "_partial/1.jpg": "obama_partial_face.jpg",
    "_partial/2.jpg": "obama_partial_face2.jpg",
}


def folder() -> Path:
    """Find the folder of photos; raises FileNotFoundError saying how to get one."""
    named = os.environ.get("FACES")
    for found in [Path(named)] if named else [BESIDE, FETCHED]:
        if found.is_dir():
            return found
    raise FileNotFoundError("no photos of faces: set FACES to a folder, or run `python -m tests.photos fetch`")


def people() -> dict[str, list[Path]]:
    """Give the photos of each person with at least two of them, in a fixed order."""
    return _by_person(folder())


def several_people() -> list[Path]:
    """Give photos with more than one face."""
    return sorted((folder() / "_several_people").glob("*.jpg"))


def cut_off() -> list[Path]:
    """Give photos of faces that the picture's edge cuts."""
    return sorted((folder() / "_partial").glob("*.jpg"))


def east_asian_people() -> dict[str, list[Path]]:
    """Give the photos of each East Asian person; nothing where FACES_EAST_ASIAN or its folder is missing."""
    found = _east_asian_folder()
    return _by_person(found) if found.is_dir() else {}


def east_asian_strangers() -> list[Path]:
    """Give one photo each of further East Asian people; nothing where the folder is missing."""
    return sorted((_east_asian_folder() / "_one_photo").glob("*.jpg"))


def fetch() -> Path:
    """Make the folder from face_recognition's pinned source distribution, unless a folder is there already.

    Needs the network once; nothing is built or installed.
    """
    try:
        return folder()
    except FileNotFoundError:
        pass
    FETCHED.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FETCHED.parent) as scratch:
        made = Path(scratch) / "made"
        _unpack(_download(Path(scratch)), made)
        made.rename(FETCHED)
    return FETCHED


def _by_person(root: Path) -> dict[str, list[Path]]:
    found = {each.name: list(each.glob("*.jpg")) for each in sorted(root.iterdir()) if not each.name.startswith("_")}
    return {name: sorted(each, key=_as_numbered) for name, each in found.items() if len(each) >= 2}


def _as_numbered(photo: Path) -> tuple[int, str]:
    return len(photo.name), photo.name


def _east_asian_folder() -> Path:
    return Path(os.environ.get("FACES_EAST_ASIAN") or ROOT.parent / "shared" / "faces-east-asian")


def _download(scratch: Path) -> Path:
    wanted = scratch / "wanted.txt"
    wanted.write_text(PINNED + "\n")
    options = ["--quiet", "--require-hashes", "--no-deps", "--no-binary", ":all:", "--no-build-isolation"]
    subprocess.run(  # noqa: S603 - our own interpreter and a fixed list
        [sys.executable, "-m", "pip", "download", *options, "--dest", str(scratch), "-r", str(wanted)], check=True
    )
    return next(scratch.glob("*.tar.gz"))


def _unpack(archive: Path, made: Path) -> None:
    with tarfile.open(archive) as tar:
        images = {Path(name).name: name for name in tar.getnames() if "/tests/test_images/" in name}
        for target, source in LAYOUT.items():
            member = tar.extractfile(images[source])
            assert member is not None, source
            (made / target).parent.mkdir(parents=True, exist_ok=True)
            (made / target).write_bytes(member.read())
    _mirror(made / "biden/1.jpg", made / "biden/2.jpg")
    (made / "_several_people").mkdir()
    _side_by_side(made / "obama/1.jpg", made / "biden/1.jpg", made / "_several_people/1.jpg")


def _mirror(source: Path, target: Path) -> None:
    with Image.open(source) as image:
        ImageOps.mirror(image.reduce(2)).save(target, quality=88)


def _side_by_side(left: Path, right: Path, target: Path) -> None:
    with Image.open(left) as one, Image.open(right) as other:
        halves = [
            ImageOps.fit(one, (800, 1000), centering=(0.5, 0)),
            ImageOps.fit(other, (800, 1000), centering=(0.5, 0)),
        ]
    both = Image.new("RGB", (1600, 1000))
    for place, half in enumerate(halves):
        both.paste(half, (800 * place, 0))
    buffer = io.BytesIO()
    both.save(buffer, "JPEG", quality=90)
    target.write_bytes(buffer.getvalue())


if __name__ == "__main__":
    if sys.argv[1:] != ["fetch"]:
        sys.exit("usage: python -m tests.photos fetch")
    fetch()
