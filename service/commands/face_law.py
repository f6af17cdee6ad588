"""Shows and renews what the law wants before faces are used: the impact assessment and the consent text.

An operator runs `scripts/face-law`, also to switch faces on in an installation that was set up without them.
"""

import argparse
import sys
from datetime import date
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from accounts.enrolment import face_law
from accounts.face_errors import AssessmentInvalid, ConsentVersionTaken
from foundation.clock import SystemClock, day_at_home
from service.commands.terminal import run_command
from service.configuration.settings import Settings
from service.edge.answers.problem_catalogue import PROBLEMS
from service.edge.database import prepare_engine
from service.edge.migrating import migrate

_TITLE = "人脸识别个人信息保护影响评估"


class Refused(Exception):
    """The service refuses what was asked. The message is its title and hint."""


def show(db: Session) -> str:
    """Return the state of the law's conditions, as text for the terminal."""
    found = face_law.read(db, today=day_at_home(SystemClock().now()))
    lines = [f"faces can {'be' if found.is_offered else 'NOT be'} enrolled today"]
    lines += [f"consent text: {found.text.version if found.text else 'none'}"]
    ends = "none" if found.days_left is None else f"{found.until}, {found.days_left} days from today"
    lines += [f"impact assessment valid until: {ends}"]
    lines += [f"  {each.assessed_on} to {each.valid_until}: {each.title}, approved by {each.approved_by}"
              for each in face_law.list_assessments(db)]  # fmt: skip
    return "\n".join(lines)


def run(settings: Settings, asked: argparse.Namespace) -> str:
    """Do what was asked and return the state after it. Raises AssessmentInvalid, ConsentVersionTaken, OSError."""
    migrate(settings)
    engine = create_engine(settings.database)
    prepare_engine(engine)
    now = SystemClock().now()
    try:
        with Session(engine) as db, db.begin():
            if asked.act == "assess":
                new = face_law.NewAssessment(asked.title, asked.approved_by, asked.on or day_at_home(now), asked.until)
                face_law.register_assessment(db, new=new, caller=None, author=asked.author, now=now)
            elif asked.act == "publish":
                face_law.publish_text(
                    db,
                    version=asked.version,
                    text_zh=asked.zh.read_text(encoding="utf-8"),
                    text_en=asked.en.read_text(encoding="utf-8"),
                    caller=None,
                    author=asked.author,
                    now=now,
                )
            return show(db)
    finally:
        engine.dispose()


def read_arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="scripts/face-law", description="The law's conditions for faces.")
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("show", help="show whether faces can be enrolled, and until when")
    assess = acts.add_parser("assess", help="register an impact assessment")
    assess.add_argument("--approved-by", required=True, help="the responsible person")
    assess.add_argument("--until", required=True, type=date.fromisoformat, help="its last day, as 2029-06-30")
    assess.add_argument("--on", type=date.fromisoformat, help="its first day; default: today")
    assess.add_argument("--title", default=_TITLE)
    publish = acts.add_parser("publish", help="publish a new consent text")
    publish.add_argument("version", help="a name of its own, as 2")
    publish.add_argument("--zh", required=True, type=Path, help="the file with the Chinese text, UTF-8")
    publish.add_argument("--en", required=True, type=Path, help="the file with the English text, UTF-8")
    for act in (assess, publish):
        act.add_argument("--author", required=True, help="who does it, for the audit trail")
    return parser.parse_args(given)


def main() -> int:
    """Run the command line and print the state; return 2 if it fails."""
    asked = read_arguments()

    def act(settings: Settings) -> str:
        try:
            return run(settings, asked)
        except (AssessmentInvalid, ConsentVersionTaken) as refusal:
            kind = PROBLEMS[refusal.code]
            raise Refused(f"{kind.title_en}. {kind.hint_en}") from None

    return run_command("face-law", act, refusals=(Refused, UnicodeDecodeError))


if __name__ == "__main__":
    sys.exit(main())
