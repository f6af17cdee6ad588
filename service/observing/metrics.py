"""Metrics for Prometheus, summed over all web workers.

Labels are route templates, methods, statuses and stable codes: a fixed set, without text from a person.
"""

import os

from flask import Flask, Response, g
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from service.observing import counter_files
from service.observing.logs import elapsed_seconds, method_name, route_template

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # the library's name
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

counter_files.install()
_requests = Counter("cme_requests", "HTTP requests answered.", ["route", "method", "status"])
_latency = Histogram("cme_request_seconds", "Seconds from the first hook to the answer.", ["route"], buckets=_SECONDS)
_check_ins = Counter("cme_check_ins", "Check-ins tried, by how they ended.", ["result"])
_face_attempts = Counter("cme_face_attempts", "Face decisions, by band.", ["band"])
_face_refusals = Counter("cme_face_queue_refusals", "Face work refused because the queue was full or too slow.")
_sms = Counter("cme_sms", "SMS handed to the gateway, by result.", ["result"])
_sign_ins = Counter("cme_sign_ins", "Sign-ins tried, by result.", ["result"])

_sign_in_alarms = Counter("cme_sign_in_alarms", "Alarms about many failed sign-ins on the whole installation.")
_wrong_code_alarms = Counter("cme_wrong_code_alarms", "Alarms about many wrong venue codes at one session.")


def count_check_in(result: str) -> None:
    """Count one try to check in: `present`, `late`, `needs_review`, `again`, or a problem's code."""
    _check_ins.labels(result).inc()


def count_face_attempt(band: str) -> None:
    """Count one face decision: `pass`, `review` or `fail`."""
    _face_attempts.labels(band).inc()


def count_face_queue_refusal() -> None:
    """Count one photo that found no room in the queue."""
    _face_refusals.inc()


def count_sms(result: str) -> None:
    """Count one SMS: `sent`, or the reason of `SmsNotSent`."""
    _sms.labels(result).inc()


def count_sign_in(result: str) -> None:
    """Count one sign-in: `ok`, or a problem's code."""
    _sign_ins.labels(result).inc()


def count_sign_in_alarm() -> None:
    """Count one alarm about many failed sign-ins on the whole installation."""
    _sign_in_alarms.inc()


def count_wrong_code_alarm() -> None:
    """Count one alarm about many wrong venue codes at one session."""
    _wrong_code_alarms.inc()


def install(app: Flask) -> None:
    """Add hooks to `app` that count each request."""
    app.after_request(_count_request)


def _count_request(response: Response) -> Response:
    if "started_at" in g:
        _latency.labels(route_template()).observe(elapsed_seconds())
    _requests.labels(route_template(), method_name(), str(response.status_code)).inc()
    return response


def render() -> bytes:
    """Return all metrics in Prometheus' text format: of all web workers; without a supervisor, of this process."""
    if FOLDER_VARIABLE not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
