"""Lost edits: whoever edits says which revision they have seen, and an edit of an older one is refused."""

from collections.abc import Collection

from foundation.errors import EditedMeanwhile


def check_revision(present: int, accepted: Collection[str] | None) -> None:
    """Raise EditedMeanwhile, with the present revision, unless the caller has seen it.

    present: read with the row locked. accepted: the revisions that the caller has; None for a caller who doesn't say.
    """
    if accepted is not None and str(present) not in accepted:
        raise EditedMeanwhile(field="If-Match", facts={"revision": present})
