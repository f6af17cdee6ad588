"""Describes the device of a request in plain words, for its owner to recognise."""

_SYSTEMS = (
    ("harmonyos", "HarmonyOS"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "Android"),
    ("windows", "Windows"),
    ("mac os", "Mac"),
    ("linux", "Linux"),
)
_PROGRAMS = (
    ("micromessenger", "WeChat"),
    ("dingtalk", "DingTalk"),
    ("alipay", "Alipay"),
    ("edg", "Edge"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("chrome", "Chrome"),
    ("crios", "Chrome"),
    ("safari", "Safari"),
)
_LONGEST = 500  # characters of a User-Agent that are read


def device_in_words(user_agent: str) -> str:
    """Return the kind of device and program of a User-Agent, as in `iPhone, WeChat`; empty if neither is known.

    The words come from fixed lists: nothing that a client sends is stored or shown.
    """
    read = user_agent[:_LONGEST].lower()
    found = (next((word for sign, word in signs if sign in read), "") for signs in (_SYSTEMS, _PROGRAMS))
    return ", ".join(word for word in found if word)
