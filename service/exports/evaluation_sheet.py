"""The results of an evaluation as a table: one row for each count and each comment."""

from collections.abc import Iterator

from attendance.evaluations.forms import FormKind
from attendance.evaluations.results import Results
from sheets.writing import Line

TITLES = ("题目", "题型", "选项", "人数", "平均分", "评语")
_KINDS = {FormKind.STARS: "星级", FormKind.SINGLE: "单选", FormKind.MULTIPLE: "多选", FormKind.TEXT: "文字"}


def lines(results: Results) -> Iterator[Line]:
    """Yield the rows of the results, and at the end the number of responses."""
    for each in results.questions:
        question, kind = each.question, _KINDS[each.question.kind]
        mean = None if each.mean is None else f"{each.mean:.2f}"
        for count in each.counts:
            yield [question.text, kind, count.text, count.count, None, None]
        if each.counts:
            yield [question.text, kind, "合计", each.answered, mean, None]
        for comment in each.comments:
            yield [question.text, kind, None, None, None, comment]
    yield ["已显示的评价数", None, None, results.shown, None, "满五人为一组显示"]
    yield ["收到的评价数", None, None, results.responses, None, None]
