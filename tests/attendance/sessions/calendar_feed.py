"""What the tests of calendar feed share with others."""

from tests.api import Api


def subscribe(who: Api) -> str:
    made = who.post("/me/calendar")
    assert made.status_code == 201
    return str(made.json["url"]).removeprefix("https://cme.test")


def unfolded(text: str) -> list[str]:
    """The content lines, as a calendar program reads them."""
    assert text.endswith("\r\n")
    lines = text.removesuffix("\r\n").split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "\n" not in "".join(lines)
    return "\r\n".join(lines).replace("\r\n ", "").split("\r\n")


def events(api: Api, path: str) -> list[dict[str, str]]:
    reply = api.get(path)
    assert (reply.status_code, reply.mimetype) == (200, "text/calendar")
    found: list[dict[str, str]] = []
    for line in unfolded(reply.text):
        name, value = line.split(":", 1)
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found:
            found[-1].setdefault(name, value)
    return found
