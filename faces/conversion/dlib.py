"""dlib's network as ONNX, converted once and kept in a folder."""

from pathlib import Path

from faces.conversion.cache import CachedFile, load_or_make
from faces.model_files.card import UnusableNetwork
from faces.model_files.dlib_models import NETWORK, NETWORK_SHA256

VERSION = 1  # of the conversion: raise it with every change of what it writes


def load_converted(folder: Path, models: Path) -> bytes:
    """Return the converted network, making it first if need be.

    folder: where it is kept, made if missing. models: where dlib's own file lies. Raises UnusableNetwork where that
    isn't the known file, or the result isn't equal to it; OSError where a file can't be read or written.
    """
    kept = CachedFile("dlib-resnet-v1-", f"{NETWORK_SHA256[:12]}-{VERSION}")
    return load_or_make(folder, kept, lambda: convert(models / NETWORK))


def convert(network: Path, *, sha256: str | None = NETWORK_SHA256) -> bytes:
    """Convert dlib's network file, and check the result against dlib; raises UnusableNetwork or OSError.

    sha256: what the file must be; None lets in others that hold the same network.
    """
    from faces.conversion import check  # dlib and ONNX Runtime, which nobody needs who finds the file made
    from faces.conversion.dlib_network import read_known_network
    from faces.conversion.dlib_to_onnx import to_onnx
    from faces.conversion.serialized import DamagedFile

    try:
        converted = to_onnx(read_known_network(network.read_bytes(), sha256=sha256))
    except DamagedFile as damaged:
        raise UnusableNetwork(f"{network.name}: {damaged}; install face_recognition_models anew") from damaged
    chips = check.noise_chips()
    check.refuse_unless_equal(converted, chips, check.embed_by_dlib(network, chips))
    return converted
