"""What is wrong with a spreadsheet."""

from service.wording.problems.kinds import ProblemKind

FILES: dict[str, ProblemKind] = {
    "sheet_too_large": ProblemKind(
        413,
        "表格文件过大",
        "The file is too large",
        "请删除多余的工作表、图片和空白行列，或分批上传。",
        "Remove other sheets, pictures and blank rows, or send it in parts.",
    ),
    "sheet_unsupported": ProblemKind(
        415,
        "不支持的表格格式",
        "Not a table that can be read",
        "请另存为 .xlsx（不加密码）或 .csv 后上传。",
        "Save it as .xlsx without a password, or as .csv.",
    ),
    "sheet_broken": ProblemKind(
        422,
        "表格文件已损坏",
        "The file is broken",
        "请用 Excel 或 WPS 打开并另存后重新上传；row 为读到的行。",
        "Open it in a spreadsheet program and save it anew; row says how far it could be read.",
    ),
    "sheet_too_long": ProblemKind(422, "行数过多", "Too many rows", "请分批上传。", "Send it in parts."),
    "column_missing": ProblemKind(
        422,
        "缺少必需的列",
        "A column is missing",
        "请使用模板：前十行中须有一行列名，其中有 column 所示的一列。",
        "Use the template: one of the first ten rows must have the titles, the one named in column among them.",
    ),
    "cell_too_long": ProblemKind(
        422,
        "单元格内容过长",
        "A cell is too long",
        "请检查 row 行 column 列的内容。",
        "Look at the cell named by row and column.",
    ),
}
