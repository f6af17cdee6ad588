"""A migration stops nobody who uses a large table: an index on an earlier table is made by `migrations.online`."""

import ast
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from service.edge.migrating import alembic_config

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
LAST_BEFORE_THE_RULE = "e7b40a6d1c93"
"""Migrations up to this one made their indexes in the transaction, on tables that were small then."""


def indexes_of_earlier_tables(source: str) -> list[int]:
    """Return the lines of `upgrade` that make an index in the transaction on a table that it does not create."""
    functions = [each for each in ast.parse(source).body if isinstance(each, ast.FunctionDef)]
    upgrades = [each for each in functions if each.name != "downgrade"]
    calls = [node for each in upgrades for node in ast.walk(each) if isinstance(node, ast.Call)]
    created, found = {_text(call, 0) for call in calls if _name(call) == "create_table"}, []
    for call in calls:
        is_ours = ast.unparse(call.func).startswith("online.")
        if _name(call) == "create_index" and not is_ours and _table(call, upgrades) not in created:
            found.append(call.lineno)
    return found


def _table(call: ast.Call, functions: list[ast.FunctionDef]) -> str | None:
    """Return the table of an index: the second argument of `op`, or that of the block around a `batch_op`."""
    blocks = [node for each in functions for node in ast.walk(each) if isinstance(node, ast.With)]
    for block in blocks:
        opened = block.items[0].context_expr
        if any(node is call for node in ast.walk(block)) and isinstance(opened, ast.Call):
            return _text(opened, 0)
    return _text(call, 1)


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _text(call: ast.Call, place: int) -> str | None:
    given = call.args[place] if len(call.args) > place else None
    return given.value if isinstance(given, ast.Constant) else None


def test_later_migrations_make_indexes_of_earlier_tables_concurrently() -> None:
    with create_engine("sqlite://").connect() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection))
    before = {each.revision for each in script.iterate_revisions(LAST_BEFORE_THE_RULE, "base")}
    assert len(before) > 20
    for migration in script.walk_revisions():
        if migration.revision not in before:
            found = indexes_of_earlier_tables(Path(migration.path).read_text(encoding="utf-8"))
            assert not found, f"{migration.path}, lines {found}: see docs/how-to/change-a-large-table.md"


def test_each_migration_can_be_taken_back() -> None:
    for path in VERSIONS.glob("*.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        functions = [each.name for each in body if isinstance(each, ast.FunctionDef)]
        assert {"upgrade", "downgrade"} <= set(functions), path.name


NEW = 'def upgrade():\n    op.create_table("new", sa.Column("a"))\n    '


@pytest.mark.parametrize(
    ("source", "is_refused"),
    [
        ('def upgrade():\n    op.create_index("ix_old_a", "old", ["a"])', True),
        (f'{NEW}op.create_index("ix_new_a", "new", ["a"])', False),
        (
            f'{NEW}with op.batch_alter_table("new") as batch_op:\n        batch_op.create_index("ix_new_a", ["a"])',
            False,
        ),
        (f'{NEW}with op.batch_alter_table("old") as batch_op:\n        batch_op.create_index("ix_old_a", ["a"])', True),
        ('def upgrade():\n    online.create_index("ix_old_a", "old", ["a"])', False),
        ('def upgrade():\n    pass\ndef downgrade():\n    op.create_index("ix_old_a", "old", ["a"])', False),
    ],
)
def test_the_guard_sees_an_index_of_an_earlier_table(source: str, is_refused: bool) -> None:
    assert bool(indexes_of_earlier_tables(source)) == is_refused
