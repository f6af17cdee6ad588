"""Checks proofs of the ledger. It needs only files and the published key: no database, no service, no settings.

    scripts/verify-ledger --keys jwks.json inclusion PROOF.json
    scripts/verify-ledger --keys jwks.json consistency PROOF.json
    scripts/verify-ledger --keys jwks.json ledger LEAVES.jsonl HEAD.json

PROOF.json is an answer of /api/v1/ledger-entries/…/proof or of /api/v1/ledger/consistency, HEAD.json one of
/api/v1/ledger/head; LEAVES.jsonl holds the leaves of /api/v1/ledger/leaves, one a line, from the first on.
"""

import argparse
import base64
import binascii
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credit.ledger.merkle import EMPTY, leaf_hash, node_hash, proves_consistency, proves_inclusion

_TYP = "cme-tree-head+jwt"


class Unproven(Exception):
    """The proof is not valid. The message says why."""


class Unreadable(Exception):
    """A file is not what it should be. The message names it and says what to do."""


@dataclass(frozen=True)
class Head:
    """A tree head with a valid signature."""

    size: int
    root: bytes


def read_head(token: str, keys: Mapping[str, Any]) -> Head:
    """Check the signature of a compact JWS and return the head in it. keys: a JWK set. Raises Unproven."""
    try:
        signed, _, signature = token.rpartition(".")
        header, claims = (json.loads(_unpacked(part)) for part in signed.split("."))
        key = next(each for each in keys["keys"] if each["kid"] == header["kid"])
        public = Ed25519PublicKey.from_public_bytes(_unpacked(key["x"]))
        public.verify(_unpacked(signature), signed.encode())
        if (header["alg"], header["typ"]) != ("EdDSA", _TYP):
            raise Unproven("the signature is on something else than a tree head")
        return Head(int(claims["size"]), bytes.fromhex(claims["root"]))
    except InvalidSignature:
        raise Unproven("the signature of the tree head is wrong") from None
    except StopIteration:
        raise Unproven("the tree head was signed with a key that is none of these") from None
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise Unproven("the tree head can't be read") from None


def check_inclusion(proof: Mapping[str, Any], keys: Mapping[str, Any]) -> str:
    """Check that a leaf is in the ledger of a head; return a sentence that says what is proven. Raises Unproven."""
    head, leaf, index = read_head(proof["head"], keys), str(proof["leaf"]), int(proof["index"])
    path = [bytes.fromhex(step) for step in proof["path"]]
    if json.loads(leaf)["position"] != index:
        raise Unproven("the leaf says another position")
    if not proves_inclusion(leaf_hash(leaf.encode()), index, head.size, path, head.root):
        raise Unproven("the leaf is not in the ledger of this head")
    return f"entry {index} is in the ledger of {head.size} entries: {leaf}"


def check_consistency(proof: Mapping[str, Any], keys: Mapping[str, Any]) -> str:
    """Check that nothing was changed between two heads; return a sentence that says so. Raises Unproven."""
    old, new = read_head(proof["old_head"], keys), read_head(proof["new_head"], keys)
    path = [bytes.fromhex(step) for step in proof["path"]]
    if not proves_consistency(old.size, new.size, old.root, new.root, path):
        raise Unproven("the newer ledger does not begin with the older one")
    return f"the ledger of {new.size} entries begins with that of {old.size}, unchanged"


def check_ledger(leaves: Iterable[str], head: Mapping[str, Any], keys: Mapping[str, Any]) -> str:
    """Hash a whole ledger again, with few hashes in memory; return what is proven. Raises Unproven."""
    wanted = read_head(head["token"], keys)
    stack: list[tuple[int, bytes]] = []  # perfect subtrees by height, the largest first
    size = 0
    for leaf in leaves:
        if size == wanted.size:
            break
        if _position(leaf, size + 1) != size:
            raise Unproven(f"the entry at position {size} is missing")
        height, found = 0, leaf_hash(leaf.encode())
        while stack and stack[-1][0] == height:
            found, height = node_hash(stack.pop()[1], found), height + 1
        stack.append((height, found))
        size += 1
    if size < wanted.size:
        raise Unproven(f"the head is of {wanted.size} entries, and there are {size}")
    root = stack.pop()[1] if stack else EMPTY
    while stack:
        root = node_hash(stack.pop()[1], root)
    if root != wanted.root:
        raise Unproven("these entries are not those that the head was signed for")
    return f"all {size} entries are those that the head was signed for"


def _position(leaf: str, line: int) -> int:
    try:
        return int(json.loads(leaf)["position"])
    except (ValueError, KeyError, TypeError):
        raise Unreadable(f"line {line} of the leaves is no leaf: was the file cut?") from None


def main(arguments: list[str]) -> int:
    """Run the check of the command line; return 0 if it is proven, 1 if not, 2 if a file is not what it should be."""
    parser = argparse.ArgumentParser(prog="verify-ledger", description="Checks proofs of the ledger of credits.")
    parser.add_argument("--keys", type=Path, required=True, help="the JWK set, from /.well-known/jwks.json")
    kinds = parser.add_subparsers(dest="kind", required=True)
    for kind in ("inclusion", "consistency"):
        kinds.add_parser(kind).add_argument("proof", type=Path)
    ledger = kinds.add_parser("ledger")
    ledger.add_argument("leaves", type=Path)
    ledger.add_argument("head", type=Path)
    given = parser.parse_args(arguments)
    try:
        said = _check(given)
    except Unproven as why:
        print(f"NOT PROVEN: {why}", file=sys.stderr)  # noqa: T201 - a program for a terminal
        return 1
    except Unreadable as why:
        print(f"verify-ledger: {why}", file=sys.stderr)  # noqa: T201
        return 2
    except OSError as why:
        print(f"verify-ledger: can't read {why.filename}: {why.strerror}", file=sys.stderr)  # noqa: T201
        return 2
    except (ValueError, KeyError, TypeError):
        print("verify-ledger: a value in the files can't be read: download them again", file=sys.stderr)  # noqa: T201
        return 2
    print(f"proven: {said}")  # noqa: T201
    return 0


def _check(given: argparse.Namespace) -> str:
    keys = _read(given.keys, "/.well-known/jwks.json", {"keys": list})
    if given.kind == "ledger":
        head = _read(given.head, "/api/v1/ledger/head", {"token": str})
        with given.leaves.open(encoding="utf-8", newline="\n") as lines:
            return check_ledger((line.rstrip("\n") for line in lines), head, keys)
    if given.kind == "inclusion":
        fields = {"head": str, "leaf": str, "index": int, "path": list}
        return check_inclusion(_read(given.proof, "/api/v1/ledger-entries/…/proof", fields), keys)
    fields = {"old_head": str, "new_head": str, "path": list}
    return check_consistency(_read(given.proof, "/api/v1/ledger/consistency", fields), keys)


def _read(path: Path, source: str, fields: Mapping[str, type]) -> Mapping[str, Any]:
    """Return the content of a file, an answer of `source` with these fields. Raises Unreadable, OSError."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise Unreadable(f"{path} is not JSON, or only a part of it: download {source} again") from None
    if not isinstance(found, dict):
        found = {}
    if "code" in found and "status" in found:
        said = " ".join(str(found.get(each, "")) for each in ("title", "hint"))
        raise Unreadable(f"{path} holds a refusal of the service: {found['status']} {found['code']}. {said}".strip())
    wrong = [name for name, kind in fields.items() if not isinstance(found.get(name), kind)]
    if wrong:
        raise Unreadable(f"{path} is not an answer of {source}: {', '.join(wrong)} is missing or of another kind")
    return found


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
