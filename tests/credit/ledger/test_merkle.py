"""The Merkle tree itself: RFC 9162's algorithms against the definitions, and against published vectors."""

import hashlib

import pytest

from credit.ledger.merkle import (
    EMPTY,
    Subtree,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    proves_consistency,
    proves_inclusion,
    root_of,
    split_of,
)

MOST = 70
# the leaves and roots with which the implementations of Certificate Transparency test themselves
CT_LEAVES = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    middle = split_of(len(leaves))
    return node_hash(by_definition(leaves[:middle]), by_definition(leaves[middle:]))


LEAVES = [str(number).encode() for number in range(MOST)]
ROOTS = [by_definition(LEAVES[:size]) for size in range(MOST + 1)]


def subtrees(leaves: list[bytes]) -> Subtree:
    return lambda begin, end: by_definition(leaves[begin:end])


def test_roots_are_those_of_certificate_transparency() -> None:
    for size, root in enumerate(CT_ROOTS, 1):
        assert root_of([leaf_hash(leaf) for leaf in CT_LEAVES[:size]]).hex() == root
        assert by_definition(CT_LEAVES[:size]).hex() == root
    assert root_of([]) == by_definition([]) == EMPTY


def test_a_root_is_the_same_whether_added_up_by_levels_or_by_definition() -> None:
    for size, root in enumerate(ROOTS):
        assert root_of([leaf_hash(leaf) for leaf in LEAVES[:size]]) == root


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_leaf_is_proven_at_its_place_and_nowhere_else(size: int) -> None:
    for index in range(size):
        path = inclusion_path(index, size, subtrees(LEAVES[:size]))
        leaf = leaf_hash(LEAVES[index])
        assert proves_inclusion(leaf, index, size, path, ROOTS[size])
        assert not proves_inclusion(leaf_hash(b"forged"), index, size, path, ROOTS[size])
        assert not proves_inclusion(leaf, index, size, path, ROOTS[size - 1])
        assert not proves_inclusion(leaf, (index + 1) % size, size, path, ROOTS[size]) or size == 1
        assert not proves_inclusion(leaf, index, size, [*path, leaf], ROOTS[size])
        assert not proves_inclusion(leaf, index, size, path[:-1], ROOTS[size]) or size == 1
        assert not proves_inclusion(leaf, size, size, path, ROOTS[size])


@pytest.mark.parametrize("new", range(1, MOST + 1))
def test_every_older_tree_is_proven_to_be_the_beginning_and_no_other_is(new: int) -> None:
    for old in range(1, new + 1):
        path = consistency_path(old, new, subtrees(LEAVES[:new]))
        assert proves_consistency(old, new, ROOTS[old], ROOTS[new], path)
        assert not proves_consistency(old, new, leaf_hash(b"forged"), ROOTS[new], path)
        assert not proves_consistency(old, new, ROOTS[old], leaf_hash(b"forged"), path)
        assert not proves_consistency(old, new, ROOTS[old], ROOTS[new], [*path, ROOTS[old]])
        assert not proves_consistency(new + 1, new, ROOTS[old], ROOTS[new], path)
        assert not path or not proves_consistency(old, new, ROOTS[old], ROOTS[new], path[:-1])


def test_what_is_outside_of_a_tree_has_no_proof() -> None:
    for index, size in ((5, 5), (-1, 5), (0, 0)):
        with pytest.raises(ValueError, match="no such leaf"):
            inclusion_path(index, size, subtrees(LEAVES))
    for old, new in ((0, 5), (6, 5)):
        with pytest.raises(ValueError, match="older tree"):
            consistency_path(old, new, subtrees(LEAVES))
