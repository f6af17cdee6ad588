"""Whatever is wrong with the settings is one line on stderr and exit code 2, in every command."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from service.commands import (
    bootstrap,
    calibrate_faces,
    calibrate_liveness,
    face_law,
    key_rotation,
    package_policy,
    reset_admin,
)
from service.configuration.reading import read_settings
from tests.databases import copied_database

ROOT = Path(__file__).parents[3]
SECRET = "s3cret-of-the-database"
COMMANDS: dict[str, tuple[Callable[[], int], list[str]]] = {
    "bootstrap": (bootstrap.main, ["--province", "某省", "--cme-number", "3310000000", "--name", "甲"]),
    "face-law": (face_law.main, ["show"]),
    "reset-admin": (reset_admin.main, ["--cme-number", "3310000000"]),
    "rotate-face-keys": (key_rotation.main, []),
    "calibrate-faces": (calibrate_faces.main, ["tests"]),
    "calibrate-liveness": (calibrate_liveness.main, ["tests"]),
    "package-policy": (package_policy.main, ["tests", "--name", "x"]),
}
WRONG = {
    "another database": ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL must begin with postgresql+psycopg://"),
    "a driver that we don't have": ({"DATABASE_URL": f"postgresql://u:{SECRET}@h/x"}, "DATABASE_URL must begin"),
    "a password that isn't quoted": (
        {"DATABASE_URL": f"postgresql+psycopg://u:{SECRET}@x/y@h/x"},
        "DATABASE_URL can't be read",
    ),
    "a port of the database": ({"DATABASE_URL": f"postgresql+psycopg://u:{SECRET}@h:x/y"}, "DATABASE_URL can't be"),
    "no name of a database": ({"DATABASE_URL": f"postgresql+psycopg://u:{SECRET}@h:1"}, "names no database"),
    "a file without a name": ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL must name a file"),
    "letters that changed places": ({"SMS_DAYLI_CAP": "3"}, "SMS_DAYLI_CAP is no setting; did you mean SMS_DAILY_CAP?"),
    "a letter too few": ({"WEB_THREAD": "9"}, "WEB_THREAD is no setting; did you mean WEB_THREADS?"),
    "a letter too many": ({"JWT_KEYS": "x"}, "JWT_KEYS is no setting; did you mean"),
    "few threads": ({"WEB_THREADS": "34", "FACE_WORKERS": "2"}, "WEB_THREADS must be more than FACE_QUEUE and"),
    "a word for a number": ({"PORT": "http"}, "PORT Input should be a valid integer"),
    "a port that is none": ({"PORT": "99999999"}, "PORT Input should be less than or equal to 65535"),
    "a word for yes": ({"DEMO": "maybe"}, "DEMO Input should be a valid boolean"),
    "an address without scheme": ({"PUBLIC_URL": "cme.example.cn"}, "PUBLIC_URL must begin with https://"),
    "an address with a path": ({"PUBLIC_URL": "https://cme.example.cn/app"}, "PUBLIC_URL must be an address without"),
    "half an address": ({"PUBLIC_URL": "https://[cme"}, "PUBLIC_URL can't be read"),
    "an unknown environment": ({"ENVIRONMENT": "prod"}, "ENVIRONMENT Input should be 'embedded' or 'production'"),
    "production without keys": ({"ENVIRONMENT": "production"}, "production needs keys of its own: JWT_KEY"),
    "a gateway without its account": ({"SMS_GATEWAY": "tencent"}, "SMS_GATEWAY=tencent needs SMS_ACCESS_KEY_ID"),
    "an unknown kind of message": ({"SMS_TEMPLATES": "x:1"}, "SMS_TEMPLATES wanted kind:template"),
    "an old key that is none": ({"LEDGER_OLD_PUBLIC_KEYS": "abcd"}, "LEDGER_OLD_PUBLIC_KEYS wanted the x of"),
}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., str]:
    """Run a command under settings that must be refused; gives its line."""

    def run_it(command: str, **settings: str) -> str:
        for name, value in {"VAR": str(tmp_path / "var"), **settings}.items():
            monkeypatch.setenv(name, value)
        main, arguments = COMMANDS[command]
        monkeypatch.setattr(sys, "argv", [command, *arguments])
        assert main() == 2
        shown = capsys.readouterr()
        (line,) = [each for each in shown.err.splitlines() if not each.startswith("{")]
        assert line.startswith(f"{command}: ")
        assert SECRET not in shown.err + shown.out
        return line

    return run_it


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_setting_is_one_line(wrong: str, told: Callable[..., str]) -> None:
    settings, why = WRONG[wrong]
    assert why in told("face-law", **settings)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("wrong", ["another database", "letters that changed places", "few threads"])
def test_every_command_refuses_wrong_settings(command: str, wrong: str, told: Callable[..., str]) -> None:
    settings, why = WRONG[wrong]
    assert why in told(command, **settings)


@pytest.mark.parametrize("command", ["bootstrap", "face-law", "reset-admin", "rotate-face-keys"])
def test_a_database_out_of_reach_a_wrong_key_and_a_file_for_a_folder_are_one_line(
    command: str, told: Callable[..., str], tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        nowhere = f"postgresql+psycopg://u:{SECRET}@127.0.0.1:{taken.getsockname()[1]}/x"
        assert "the database can't be used (DATABASE_URL): connection failed" in told(command, DATABASE_URL=nowhere)
    (tmp_path / "file").touch()
    assert str(tmp_path / "file") in told(command, DATABASE_URL="", VAR=str(tmp_path / "file"))


@pytest.mark.parametrize("command", ["reset-admin", "rotate-face-keys"])
def test_a_database_without_tables_is_one_line(command: str, told: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    assert "the database has no tables yet" in told(command)


def test_a_server_that_lets_nobody_in_and_a_role_without_rights_are_one_line(
    database: str, told: Callable[..., str]
) -> None:
    if database.startswith("sqlite"):
        pytest.skip("SQLite has no roles")
    url = make_url(database)
    gone = url.set(database="no_such_database").render_as_string(hide_password=False)
    assert told("face-law", DATABASE_URL=gone).endswith('database "no_such_database" does not exist')
    stranger = url.set(username="nobody_here", password=SECRET).render_as_string(hide_password=False)
    assert "the database can't be used (DATABASE_URL): connection failed" in told("face-law", DATABASE_URL=stranger)
    guarded = make_url(copied_database(database, "guarded", "template0"))
    server = create_engine(database, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE ROLE reader LOGIN"))
        try:
            reader = guarded.set(username="reader").render_as_string(hide_password=False)
            line = told("face-law", DATABASE_URL=reader)
            assert line.endswith("the database can't be used (DATABASE_URL): permission denied for schema public")
        finally:
            connection.execute(text("DROP DATABASE guarded WITH (FORCE)"))
            connection.execute(text("DROP ROLE reader"))
    server.dispose()


def test_names_that_only_resemble_ours_are_warned_of_and_others_are_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("HOSTNAME", "PORTS", "DATABASE_HOST", "FACE_NETWORKS_LOADED", "PUBLIC_KEY", "LOG_FILE", "web_workers"):
        monkeypatch.setenv(name, "2")
    read_settings()
    assert caplog.messages == []
    monkeypatch.setenv("SMS_ACCESS_SECRET", "x")
    read_settings()
    assert caplog.messages == [
        "SMS_ACCESS_SECRET is no setting and has no effect; the nearest one is SMS_ACCESS_KEY_SECRET"
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "settings", "why"),
    [
        (
            "tests.journeys.fast_service",
            {"DATABASE_URL": "sqlite:////no/such/folder/cme.db"},
            "the folder of the database is missing",
        ),
        ("service.run", {"FACE_ENGINE": "magic"}, "no engine is called 'magic'"),
        ("service.run", *WRONG["another database"]),
        ("service.run", *WRONG["letters that changed places"]),
    ],
)
def test_a_start_that_can_not_be_is_one_line_too(
    program: str, settings: dict[str, str], why: str, tmp_path: Path
) -> None:
    ended = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-m", program],
        cwd=ROOT, env={**os.environ, "VAR": str(tmp_path), "PORT": _free_port(), **settings},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    lines = [each for each in ended.stderr.splitlines() if not each.startswith("{")]
    assert (ended.returncode, len(lines)) == (2, 1), ended.stderr
    assert lines[0].startswith("serve: ")
    assert why in lines[0]
    assert SECRET not in ended.stderr + ended.stdout


def _free_port() -> str:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return str(sock.getsockname()[1])
