"""Figures by route and code; added up over processes, a dead worker's included."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from service.observing import logs, metrics
from service.running.startup import clear_metrics


@pytest.fixture
def app() -> Flask:
    app = Flask("tests")
    logs.install(app)
    metrics.install(app)
    app.add_url_rule("/people/<number>", view_func=lambda number: number)
    return app


def value_of(text: str, name: str) -> float:
    """The sample whose name and labels are exactly `name`; 0 where it was never counted."""
    found = [line.rpartition(" ")[2] for line in text.splitlines() if line.rpartition(" ")[0] == name]
    return float(found[0]) if found else 0.0


def test_requests_are_counted_by_route_template(app: Flask) -> None:
    client = app.test_client()
    name = 'cme_requests_total{method="GET",route="/people/<number>",status="200"}'
    before = value_of(metrics.render().decode(), name)
    client.get("/people/13800138000")
    client.get("/people/13900139000")
    after = metrics.render().decode()
    assert value_of(after, name) == before + 2
    assert "13800138000" not in after
    assert 'cme_request_seconds_bucket{le="+Inf",route="/people/<number>"}' in after


def test_a_made_up_method_makes_no_label_of_its_own(app: Flask) -> None:
    client = app.test_client()
    client.open("/people/1", method="BREW")
    text = metrics.render().decode()
    assert "BREW" not in text
    assert 'method="OTHER"' in text


def test_each_domain_figure_has_its_name(app: Flask) -> None:
    metrics.count_check_in("present")
    metrics.count_face_attempt("review")
    metrics.count_face_queue_refusal()
    metrics.count_sms("sent")
    metrics.count_sign_in("bad_credentials")
    text = metrics.render().decode()
    for name in (
        'cme_check_ins_total{result="present"}',
        'cme_face_attempts_total{band="review"}',
        "cme_face_queue_refusals_total",
        'cme_sms_total{result="sent"}',
        'cme_sign_ins_total{result="bad_credentials"}',
    ):
        assert value_of(text, name) >= 1, name


COUNT_IN_TWO_PROCESSES = """
import os
from service.observing import metrics
for _ in range(2):
    if os.fork() == 0:
        metrics.count_check_in("late")
        metrics.count_check_in("late")
        os._exit(0)
    os.wait()
print(metrics.render().decode())
"""


def test_the_counts_of_all_processes_are_added_up_those_of_ended_ones_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(metrics.FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv(metrics.FOLDER_VARIABLE, "")  # undone after the test, whatever is set below
    clear_metrics(tmp_path / "metrics")
    printed = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", COUNT_IN_TWO_PROCESSES], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert value_of(printed, 'cme_check_ins_total{result="late"}') == 4
    clear_metrics(tmp_path / "metrics")
    assert list((tmp_path / "metrics").iterdir()) == []
