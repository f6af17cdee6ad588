"""Turns a whole ledger entry into canonical JSON (RFC 8785) for hashing, so that any language can hash it again."""

import json
from datetime import UTC
from typing import Any

from models.ledger import LedgerEntry

FORMAT = 1


def leaf_of(row: LedgerEntry) -> bytes:
    """Return the bytes of an entry's leaf: every column, ids and amounts as text, keys in order, no white space.

    Python's own JSON is canonical here, because there are only texts, whole numbers and null, and the keys are ASCII.
    """
    content: dict[str, Any] = {
        "format": FORMAT,
        "position": row.position,
        "id": str(row.id),
        "kind": row.kind.value,
        "person_id": str(row.person_id),
        "source_kind": row.source_kind,
        "source_id": str(row.source_id),
        "source_role": row.source_role.value,
        "generation": row.generation,
        "category": row.category,
        "credit_class": row.credit_class,
        "rule_code": row.rule_code,
        "rule_set": row.rule_set,
        "rule_set_version": row.rule_set_version,
        "credits": str(row.credits),
        "counted": str(row.counted),
        "hours": str(row.hours),
        "activity_on": row.activity_on.isoformat(),
        "activity_name": row.activity_name,
        "activity_number": row.activity_number,
        "activity_type": row.activity_type,
        "delivery_mode": row.delivery_mode,
        "discipline": row.discipline,
        "recorded_by_unit": row.recorded_by_unit,
        "reverses": str(row.reverses) if row.reverses else None,
        "reason": row.reason,
        "granted_at": row.granted_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor_id": str(row.actor_id) if row.actor_id else None,
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
