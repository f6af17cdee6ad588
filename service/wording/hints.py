"""What to do next, in answers that are no refusals: Chinese and English."""

NEXT_ROUND = (
    "该项目已结算：请重新打开项目并再次确认，新合格的人员会列入下一轮名单。",
    "The project is settled: reopen it and confirm again; who newly passes is offered in the next round.",
)
