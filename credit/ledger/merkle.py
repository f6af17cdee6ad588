"""Merkle trees as RFC 9162, section 2.1, defines them, with SHA-256. Pure: hashes in, hashes out, no storage.

The caller gives access to the leaves: `Subtree` returns the hash of the leaves from `begin` to before `end`.
"""

import hashlib
from collections.abc import Callable, Sequence

Subtree = Callable[[int, int], bytes]
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf. Its prefix differs from that of a node, so that a leaf can't be taken for a node."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root of a tree of these leaf hashes, or of these roots of perfect subtrees of one size."""
    level = list(hashes)
    if not level:
        return EMPTY
    while len(level) > 1:
        pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]  # an odd last hash moves up unchanged
    return level[0]


def split_of(size: int) -> int:
    """Return the size of the left subtree: the largest power of two below the size. size: at least 2."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_path(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return the hashes that prove that the leaf at `index` is in the tree of `size` leaves (2.1.3.1).

    Raises ValueError if `index` is outside the tree.
    """
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    path, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + split_of(end - begin)
        if index < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(begin, middle))
            begin = middle
    return path[::-1]


def consistency_path(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """Return the hashes that prove that the tree of `new` leaves begins with the tree of `old` leaves (2.1.4.1).

    Raises ValueError.
    """
    if not 0 < old <= new:
        raise ValueError("the older tree has one leaf or more, and no more than the newer")
    path, begin, end, is_known = [], 0, new, True
    while old != end:
        middle = begin + split_of(end - begin)
        if old <= middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(begin, middle))
            begin, is_known = middle, False
    if not is_known:  # a verifier has the older root and does not need this hash
        path.append(subtree(begin, end))
    return path[::-1]


def proves_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Return whether a path proves that a leaf's hash is at `index` in the tree of that root (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def proves_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Return whether a path proves that the tree of the new root begins with the one of the old root (2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = list(path) if old & (old - 1) else [old_root, *path]
    if not steps:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    older = newer = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            newer = node_hash(newer, step)
        at, last = at >> 1, last >> 1
    return last == 0 and older == old_root and newer == new_root
