"""What a new row of the ledger must keep to beyond its constraints, as triggers on both databases.

Positions have no gaps; a reversal mirrors the grant that it takes back; a corrected grant follows a reversal. The
checks of the last two look at nothing for a first grant, which nearly all rows are.
"""

from alembic import op

_GAP = "NOT EXISTS (SELECT 1 FROM ledger_entry WHERE position = NEW.position - 1)"
_MIRROR = """NOT EXISTS (
    SELECT 1 FROM ledger_entry g
    WHERE g.id = NEW.reverses AND g.kind = 'grant' AND g.person_id = NEW.person_id
      AND g.source_kind = NEW.source_kind AND g.source_id = NEW.source_id AND g.source_role = NEW.source_role
      AND g.generation = NEW.generation AND g.category = NEW.category
      AND coalesce(g.credit_class, '') = coalesce(NEW.credit_class, '') AND g.rule_code = NEW.rule_code
      AND g.rule_set = NEW.rule_set AND g.rule_set_version = NEW.rule_set_version
      AND g.activity_on = NEW.activity_on
      AND g.credits = -NEW.credits AND g.counted = -NEW.counted AND g.hours = -NEW.hours)"""
_FOLLOWS = """NOT EXISTS (
    SELECT 1 FROM ledger_entry r
    WHERE r.source_kind = NEW.source_kind AND r.source_id = NEW.source_id AND r.person_id = NEW.person_id
      AND r.kind = 'reversal' AND r.generation = NEW.generation - 1)"""
_RULES = (
    ("gap", "NEW.position > 0", _GAP, "a position of the ledger was left out"),
    ("mirror", "NEW.kind = 'reversal'", _MIRROR, "a reversal must mirror the grant that it takes back"),
    ("follows", "NEW.kind = 'grant' AND NEW.generation > 1", _FOLLOWS, "the grant before was not taken back"),
)


def check_new_entries() -> None:
    """Create the triggers."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, when, broken, message in _RULES:
        if on_sqlite:
            op.execute(
                f"CREATE TRIGGER ledger_entry_{name} BEFORE INSERT ON ledger_entry WHEN {when} AND {broken}"
                f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
            continue
        op.execute(
            f"""
            CREATE FUNCTION ledger_entry_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF {broken} THEN
                    RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$
            """
        )
        op.execute(
            f"CREATE TRIGGER ledger_entry_{name} BEFORE INSERT ON ledger_entry"
            f" FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION ledger_entry_{name}()"
        )


def drop_functions() -> None:
    """Drop what PostgreSQL keeps when the table goes."""
    if op.get_bind().dialect.name == "postgresql":
        for name, *_ in _RULES:
            op.execute(f"DROP FUNCTION IF EXISTS ledger_entry_{name}()")
