"""What the second database is asked is all that the first one was asked."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import StaticPool

from tests.asked_statements import Notebook, choose

ASKED = st.frozensets(st.sampled_from("abcdefgh"), min_size=1)
Notes = dict[str, tuple[float, frozenset[str]]]
NOTES = st.dictionaries(st.sampled_from([f"test {n}" for n in range(9)]), st.tuples(st.floats(0, 9), ASKED))


@given(NOTES, st.sets(st.sampled_from([f"test {n}" for n in range(9)])))
def test_the_chosen_tests_ask_all_that_was_asked(
    notes: dict[str, tuple[float, frozenset[str]]], kept: set[str]
) -> None:
    chosen = choose(notes, kept)
    everything = frozenset().union(*(asked for _, asked in notes.values()))
    assert everything == frozenset().union(*(asked for name, (_, asked) in notes.items() if name in chosen))
    assert kept <= chosen


def test_what_others_ask_too_is_left_out_and_the_slow_one_rather_than_the_quick() -> None:
    both = frozenset({"select", "insert"})
    notes = {"slow": (9.0, both), "quick": (0.1, both), "more": (0.2, frozenset({"delete"}))}
    assert choose(notes) == {"quick", "more"}
    assert choose(notes, ["slow"]) == {"slow", "more"}


@pytest.fixture
def notebook() -> Iterator[Notebook]:
    made = Notebook(None)
    yield made
    made.close()


@pytest.fixture
def engine() -> Iterator[Engine]:
    """A database that several threads share."""
    made = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    yield made
    made.dispose()


def asked(notebook: Notebook, engine: Engine, name: str, statement: str, **values: object) -> set[str]:
    notebook.pytest_runtest_logstart(name)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    return notebook.asked_by(name)


def test_another_kind_of_value_is_another_question_and_another_value_is_none(
    notebook: Notebook, engine: Engine
) -> None:
    select = "SELECT :value"
    number = asked(notebook, engine, "number", select, value=1)
    assert asked(notebook, engine, "other number", select, value=2) == number
    assert asked(notebook, engine, "nothing", select, value=None) != number


def test_longer_lists_ask_the_same(notebook: Notebook, engine: Engine) -> None:
    two = asked(notebook, engine, "two", "SELECT 1 WHERE 1 IN (:a, :b)", a=1, b=2)
    assert asked(notebook, engine, "three", "SELECT 1 WHERE 1 IN (:a, :b, :c)", a=1, b=2, c=3) == two


def test_each_constraint_that_refuses_is_noted(notebook: Notebook, engine: Engine) -> None:
    asked(notebook, engine, "setting up", "CREATE TABLE t (one INTEGER NOT NULL, other INTEGER NOT NULL)")
    noted = []
    for name, values in {"one": (None, 1), "other": (1, None)}.items():
        with pytest.raises(IntegrityError):
            asked(notebook, engine, name, "INSERT INTO t VALUES (:a, :b)", a=values[0], b=values[1])
        noted.append([each for each in notebook.asked_by(name) if "constraint failed" in each])
    assert noted[0] != noted[1]
    assert [len(each) for each in noted] == [1, 1]


def test_what_threads_do_at_once_no_other_test_does(notebook: Notebook, engine: Engine) -> None:
    alone = asked(notebook, engine, "alone", "SELECT 1")
    notebook.pytest_runtest_logstart("at once")

    def select() -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    thread = threading.Thread(target=select)
    thread.start()
    thread.join()
    assert alone < notebook.asked_by("at once")
