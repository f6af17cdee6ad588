"""Where dlib's model files lie: in the package face_recognition_models, which isn't imported.

Importing it, or face_recognition, would switch Pillow to accepting truncated images for the whole process, and needs
pkg_resources.
"""

import importlib.util
from pathlib import Path

DLIB_MODEL = "dlib-resnet-v1"  # what looks and templates of dlib's network carry, whoever runs it
NETWORK = "dlib_face_recognition_resnet_model_v1.dat"
NETWORK_SHA256 = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
FIVE_POINTS = "shape_predictor_5_face_landmarks.dat"


def find_models() -> Path:
    """Find the folder of face_recognition_models without importing it; raises FileNotFoundError."""
    spec = importlib.util.find_spec("face_recognition_models")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package face_recognition_models is not installed")
    return Path(spec.origin).parent / "models"
