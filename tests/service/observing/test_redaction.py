"""Nothing personal gets through the second net, and nothing harmless is torn by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.observing.redaction import redact, redact_all

TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("sent to 13800138000", "sent to [phone]"),
        ("sent to +8613800138000.", "sent to [phone]."),
        ("sent to +86 138-0013-8000", "sent to [phone]"),
        ("phone=13800138000&x", "phone=[phone]&x"),
        ("card 33010219900307123X of", "card [id_number] of"),
        ("card 330102199003071234", "card [id_number]"),
        ("the code is 493817!", "the code is [code]!"),
        ('{"code":"493817"}', '{"code":"[code]"}'),
        (f"token {TOKEN} was", "token [token] was"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: [token]"),
        ("GET /s/Ab3dE?c=493817 HTTP/1.1", "GET /s/Ab3dE[query] HTTP/1.1"),
        ("[parameters: ('张三', 'x')]\n(Background", "[parameters]\n(Background"),
        (
            "GET /api/v1/downloads/019aafc0-7b1c-4e4f-8a13-913800138000 HTTP/1.1",
            "GET /api/v1/downloads/[link] HTTP/1.1",
        ),
        ("DETAIL:  Key (phone_hash, name)=(abc, 张三) already exists.", "DETAIL:  [row] already exists."),
    ],
)
def test_what_is_personal_is_masked(text: str, masked: str) -> None:
    assert redact(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "took 12345.678901 ms",
        "Booting worker with pid: 123456",
        "Worker (pid:123456) was sent SIGKILL!",
        "account 019aafc0-7b1c-7e4f-8a13-913800138000",
        "Listening at: http://127.0.0.1:8000 (4242)",
        "5 of 12345 rows",
        "Running upgrade f9be05f31035 -> 43a381276ffe, calibrated face policies",
        "migrations/versions/43a381276ffe_calibrated_face_policies.py",
        "request 0192f3a4b5c67d89a1b2123456c3d4e5 was",
        f"digest sha256:{'ab12' * 8}{'123456' * 1}{'cd' * 13}.",
        "is this a question? yes",
    ],
)
def test_what_is_harmless_stays(text: str) -> None:
    assert redact(text) == text


def test_masking_reaches_into_what_a_message_carries() -> None:
    carried = {"to": ["+8613800138000"], "13800138000": ("493817", 13800138000, 493817, 12, True, None)}
    assert redact_all(carried) == {
        "to": ["[phone]"],
        "[phone]": ["[code]", "[phone]", "[code]", 12, True, None],
    }


@pytest.mark.parametrize("text", ["a493817b", "user493817abcdef", "493817", "c=493817ab"])
def test_six_digits_are_a_code_unless_they_are_in_a_long_hexadecimal_word(text: str) -> None:
    assert "493817" not in redact(text)


@given(
    before=st.text(alphabet="0123456789abcdef", max_size=40).filter(lambda word: not word[-1:].isdigit()),
    after=st.text(alphabet="0123456789abcdef", max_size=40).filter(lambda word: not word[:1].isdigit()),
    number=st.from_regex(r"1[3-9][0-9]{9}|[1-9][0-9]{17}", fullmatch=True),
)
def test_no_phone_and_no_id_number_gets_through_in_a_hexadecimal_word(before: str, after: str, number: str) -> None:
    assert number not in redact(f"{before}{number}{after}")


NEIGHBOURS = st.text(alphabet=st.characters(exclude_categories=["Nd"]), max_size=20)


@given(before=NEIGHBOURS, after=NEIGHBOURS, phone=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_no_phone_gets_through_whatever_stands_around_it(before: str, after: str, phone: str) -> None:
    assert phone not in redact(f"{before}{phone}{after}")


@given(before=NEIGHBOURS, after=NEIGHBOURS, number=st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True))
def test_no_id_number_gets_through_whatever_stands_around_it(before: str, after: str, number: str) -> None:
    assert number not in redact(f"{before}{number}{after}")
