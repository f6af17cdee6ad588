"""Why no credits are given, taken back or imported."""

from service.wording.problems.kinds import ProblemKind

CREDITS: dict[str, ProblemKind] = {
    "already_granted": ProblemKind(
        409,
        "该学分已经授予",
        "These credits are already granted",
        "同一活动对同一人只授予一次；如需更正，请先冲销原记录。",
        "An activity gives a person credits only once. To correct them, reverse the grant first.",
    ),
    "still_granted": ProblemKind(
        409,
        "原学分尚未冲销",
        "The earlier grant is not reversed yet",
        "请先冲销原记录，再授予更正后的学分。",
        "Reverse the earlier grant first, then grant the corrected credits.",
    ),
    "already_reversed": ProblemKind(
        409,
        "该学分已经冲销",
        "The grant is already reversed",
        "无需再次冲销。",
        "You don't need to reverse it again.",
    ),
    "no_rule": ProblemKind(
        422,
        "没有适用的学分规则",
        "No rule gives credits for this",
        "请检查学分类别，或请主管部门补充规则。",
        "Check the category, or ask the authority to add a rule.",
    ),
    "unknown_category": ProblemKind(
        422,
        "没有这个学分类别",
        "No such category of credits",
        "请使用 known 中列出的类别代码；名称见 GET /api/v1/rule-sets 中当日生效的规则。",
        "Use one of the codes under known. GET /api/v1/rule-sets shows their names in the rules of that day.",
    ),
    "no_rule_set": ProblemKind(
        404,
        "没有该版本的学分规则",
        "No such version of a rule set",
        "请在 GET /api/v1/rule-sets 中查看现有版本。",
        "See the existing versions in GET /api/v1/rule-sets.",
    ),
    "import_has_errors": ProblemKind(
        409,
        "导入的数据有误",
        "Rows of the import have errors",
        "请按列出的行和字段修改后重新导入，全部正确才能提交。",
        "Correct the rows and fields listed under errors and import again. You can commit only without errors.",
    ),
    "nothing_to_accept": ProblemKind(
        422,
        "所列的行没有需要确认的提示",
        "Some of the accepted rows have no warning",
        "accept 中只列出有提示的行：rows 中的行没有提示，请去掉后再提交。",
        "List only rows with warnings under accept: remove those in rows and commit again.",
    ),
    "import_undone": ProblemKind(
        409,
        "该导入已撤销",
        "The import was undone",
        "请重新导入。",
        "Import the rows again.",
    ),
    "import_not_committed": ProblemKind(
        409,
        "该导入尚未提交",
        "The import is not committed",
        "未提交的导入没有任何影响，无需撤销。",
        "The import has no effect before it is committed, so you don't need to undo it.",
    ),
    "exemption_unknown": ProblemKind(
        422,
        "没有这种减免类型",
        "No such kind of exemption",
        "请使用当年学分规则中列出的减免类型。",
        "Use one of the kinds of exemption in that year's rule set.",
    ),
    "ledger_altered": ProblemKind(
        409,
        "学分账与已签名的记录不一致",
        "The ledger does not match its signed records",
        "有人绕过系统改动了数据库。请立即保留现场并联系系统管理员。",
        "Somebody changed the database without the system. Change nothing and call the administrator at once.",
    ),
    "head_not_signed": ProblemKind(
        404,
        "学分账尚未签名",
        "The ledger has not been signed yet",
        "有学分入账后十分钟内会签名；主管部门也可立即签名（POST /ledger/heads）。",
        "It is signed within ten minutes after the first entry. An authority can sign it now (POST /ledger/heads).",
    ),
}
