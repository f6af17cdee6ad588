"""What a person can do about a photo, by the advice codes of `faces`: Chinese and English."""

from collections.abc import Sequence
from typing import Literal

from typing_extensions import TypeAliasType

AdviceCode = TypeAliasType(
    "AdviceCode",
    Literal[
        "uncover_face", "move_back", "whole_face", "look_straight", "more_light", "less_light", "move_closer",
        "hold_still", "one_person_only", "new_photo", "smaller_photo", "photo_as_jpeg", "still_photo", "enrol_again",
        "try_again", "more_frames", "follow_steps", "live_camera", "stay_in_place", "ask_staff", "own_left",
    ],
)  # fmt: skip
ADVICE: dict[str, tuple[str, str]] = {
    "uncover_face": (
        "请摘下口罩、围巾或墨镜，手不要挡住脸。",
        "Take off the mask, the scarf or the sunglasses, and keep your hand away from your face.",
    ),
    "move_back": (
        "把手机拿远一些，脸不要占满画面。",
        "Hold the phone farther away, so that your face doesn't fill the picture.",
    ),
    "whole_face": ("让整张脸都在画面里。", "Get your whole face into the picture."),
    "look_straight": ("正对镜头，不要歪头。", "Look straight into the camera, with your head upright."),
    "more_light": ("到亮一些的地方，让光照在脸上。", "Go where it is brighter, with the light on your face."),
    "less_light": ("避开强光或背后的窗户。", "Avoid strong light, and a window behind you."),
    "move_closer": ("离镜头近一些。", "Move closer to the camera."),
    "hold_still": ("拿稳手机，等画面清晰后再拍。", "Hold the phone still until the picture is sharp."),
    "one_person_only": ("画面中只能有您一个人。", "Only you may be in the picture."),
    "new_photo": ("重新拍摄一张。", "Take a new photo."),
    "smaller_photo": ("请使用较小的照片。", "Use a smaller photo."),
    "photo_as_jpeg": ("请使用 JPEG 格式的照片。", "Send the photo as JPEG."),
    "still_photo": ("请使用静态照片。", "Use a still photo."),
    "enrol_again": ("请重新建档。", "Enrol your face again."),
    "try_again": ("请稍后再试。", "Try again in a moment."),
    "more_frames": ("请至少提交三张连续拍摄的照片。", "Send at least three frames, taken one after the other."),
    "follow_steps": (
        "请先正对镜头，再按提示的顺序逐个做动作，幅度大一些。",
        "Look straight first, then do each step clearly, in the order that is shown.",
    ),
    "live_camera": (
        "请本人当场对着镜头拍摄，不要拍照片或屏幕。",
        "Use the camera on your own face now, not on a picture or a screen.",
    ),
    "stay_in_place": (
        "拍摄时请不要换地方，手机不要忽远忽近。",
        "Stay in one place, and keep the phone at the same distance.",
    ),
    "own_left": (
        "左、右是指您自己的左和右；请勿使用镜像画面。",
        "Left and right are your own. The frames must not be mirrored.",
    ),
    "ask_staff": ("请现场工作人员人工签到。", "Ask the staff to check you in by hand."),
}
"""Each code that a `FaceError` or a `Quality` can carry; a guard test looks for others."""


def words_of(codes: Sequence[str]) -> tuple[str, str]:
    """Return the words of several advice codes as one text, Chinese and English."""
    known = [ADVICE[code] for code in codes if code in ADVICE]
    return "".join(chinese for chinese, _ in known), " ".join(english for _, english in known)
