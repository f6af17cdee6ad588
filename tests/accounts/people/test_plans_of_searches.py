"""A search for people in a whole province uses the indexes of pinyin, on both databases."""

import pytest
from sqlalchemy import Select, insert, select, text
from sqlalchemy.orm import Session

from accounts.people.name_search import finds_name
from accounts.people.readings import read_name
from models.base import new_id
from models.people import Person
from tests.factories import Factories

SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许仇单曾", "芳伟娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂乐"
INDEXES = ("ix_person_pinyin", "ix_person_pinyin_initials", "ix_person_pinyin_others")


def fill(make: Factories, db: Session) -> None:
    """Add some thousand people, so that a planner has a choice."""
    unit, now = make.unit(), make.person().created_at
    rows = []
    for number, name in enumerate(a + b + c for a in SURNAMES for b in GIVEN[:12] for c in GIVEN[:12]):
        found = read_name(name)
        rows.append(
            {
                "id": new_id(),
                "cme_number": f"44{number:08d}",
                "name": name,
                "unit_id": unit.id,
                "created_at": now,
                "pinyin": found.full,
                "pinyin_initials": found.initials,
                "pinyin_others": found.others,
            }
        )
    db.execute(insert(Person), rows)
    db.commit()
    db.execute(text("ANALYZE"))
    db.commit()


def plan(db: Session, wanted: Select[object]) -> str:
    """What the database would do."""
    sqlite = db.get_bind().dialect.name == "sqlite"
    told = wanted.compile(db.get_bind(), compile_kwargs={"literal_binds": True})
    if not sqlite:
        db.execute(text("SET enable_seqscan = off"))  # of so few people it may read all; of a province it must not
    lines = db.execute(text(("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + str(told).replace(":", "\\:"))).all()
    if not sqlite:
        db.execute(text("RESET enable_seqscan"))
    return "\n".join(str(line) for line in lines)


@pytest.mark.parametrize("letters", ["qiuxiao", "zsf"])
def test_letters_are_looked_for_in_the_indexes_and_no_table_is_read_through(
    make: Factories, db: Session, letters: str
) -> None:
    fill(make, db)
    found = plan(db, select(Person.id).where(finds_name(letters)))
    assert "ix_person_pinyin" in found, found
    assert "ix_person_pinyin_initials" in found, found
    assert "Seq Scan" not in found, found
    assert not [line for line in found.splitlines() if "SCAN person" in line and "INDEX" not in line], found
