"""Words of the orders of lists: by the enum's name and its value, Chinese and English."""

from service.wording.vocabulary.kinds import Vocabulary

_BY = {
    "name": ("姓名或名称", "name"),
    "cme_number": ("继教编号", "number"),
    "created": ("创建时间", "when it was created"),
    "starts_on": ("开始日期", "first day"),
    "recorded": ("登记时间", "when it was recorded"),
    "date": ("日期", "day"),
    "added": ("加入时间", "when they were added"),
}


def _orders(*names: str) -> Vocabulary:
    """Return the words of both directions of each order."""
    rising = {name: (f"按{_BY[name][0]}升序", f"by {_BY[name][1]}, rising") for name in names}
    falling = {f"-{name}": (f"按{_BY[name][0]}降序", f"by {_BY[name][1]}, falling") for name in names}
    return rising | falling


SORTS: dict[str, Vocabulary] = {
    "PeopleSort": _orders("name", "cme_number"),
    "ProjectSort": _orders("created", "name", "starts_on"),
    "RecordSort": _orders("recorded", "name", "cme_number", "date"),
    "RosterSort": _orders("added", "name", "cme_number"),
}
