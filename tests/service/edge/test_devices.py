"""What is stored of the device that enrolled a face."""

import pytest

from service.edge.callers.devices import device_in_words

SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (SAFARI, "iPhone, Safari"),
        ("Mozilla/5.0 (Linux; Android 14; 23127PN0CC) Chrome/126.0 Mobile Safari/537.36", "Android, Chrome"),
        ("Mozilla/5.0 (Linux; Android 12; HarmonyOS) MicroMessenger/8.0.49 Chrome/116", "HarmonyOS, WeChat"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126.0", "Windows, Edge"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Gecko/20100101 Firefox/128.0", "Mac, Firefox"),
        ("13800138000 <script>", ""),
        ("", ""),
        ("x" * 100_000 + "iphone", ""),
    ],
)
def test_a_user_agent_becomes_plain_words_of_ours(agent: str, words: str) -> None:
    assert device_in_words(agent) == words
