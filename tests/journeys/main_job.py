"""What the tests of main job share with others."""

from tests import photos


def photos_of_two() -> tuple[list[bytes], list[bytes]]:
    """The photos of two people: one to check in with, then those to enrol."""
    people = [[path.read_bytes() for path in paths] for paths in photos.people().values()]
    (first, other, *more), (stranger, another, *rest) = people[:2]
    return [other, first, *more[:2]], [another, stranger, *rest[:2]]
