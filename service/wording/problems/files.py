"""What is wrong with a spreadsheet or an archive of photos."""

from service.wording.problems.kinds import ProblemKind

FILES: dict[str, ProblemKind] = {
    "sheet_too_large": ProblemKind(
        413,
        "表格文件过大",
        "The file is too large",
        "请删除多余的工作表、图片和空白行列，或分批上传。",
        "Remove other sheets, pictures and blank rows and columns, or upload the file in parts.",
    ),
    "sheet_unsupported": ProblemKind(
        415,
        "不支持的表格格式",
        "The table format is not supported",
        "请另存为 .xlsx（不加密码）或 .csv 后上传。",
        "Save it as .xlsx without a password, or as .csv, and upload it again.",
    ),
    "archive_unsupported": ProblemKind(
        415,
        "不支持的压缩包",
        "The archive is not supported",
        "请用 zip 格式打包照片，不加密码，并使用普通压缩方式。",
        "Pack the photos as a zip without a password, with the usual compression.",
    ),
    "archive_broken": ProblemKind(
        422,
        "压缩包已损坏",
        "The archive is damaged",
        "请重新打包照片后再上传。",
        "Pack the photos again and upload the new file.",
    ),
    "archive_too_large": ProblemKind(
        413,
        "压缩包内容过多",
        "The archive holds too much",
        "请分批上传（文件数和解压后字节数的上限见 limit_files、limit_bytes）。",
        "Upload it in parts. limit_files tells how many files it may hold, limit_bytes how many bytes when unpacked.",
    ),
    "archive_empty": ProblemKind(
        422,
        "压缩包中没有照片",
        "The archive has no photos",
        "请放入以继教编号命名的照片，例如 3310000101_1.jpg。",
        "Put photos in it that are named by CME number, such as 3310000101_1.jpg.",
    ),
    "batch_ended": ProblemKind(
        409,
        "该批次已处理完毕",
        "The batch has ended",
        "请刷新后查看各行结果。",
        "Reload to see the result of each row.",
    ),
    "sheet_broken": ProblemKind(
        422,
        "表格文件已损坏",
        "The file is damaged",
        "请用 Excel 或 WPS 打开并另存后重新上传；row 为出错或读到的行。",
        "Open it in Excel or WPS, save it as a new file and upload it again. row is where it is wrong or breaks off.",
    ),
    "sheet_too_long": ProblemKind(
        422,
        "行数过多",
        "Too many rows",
        "请分批上传，每次最多 limit_rows 行。",
        "Upload it in parts. limit_rows tells how many rows each may have.",
    ),
    "several_tables": ProblemKind(
        422,
        "有多个工作表含有这些列",
        "Several sheets have these columns",
        "一次只导入一个工作表（这些工作表见 sheets）：请把名单并入同一工作表，或隐藏、删除不导入的工作表后重新上传。",
        "One sheet is imported at a time; sheets names those with these columns. Put the lists into one sheet, or hide"
        " or delete those that are not to be imported, and upload the file again.",
    ),
    "column_missing": ProblemKind(
        422,
        "缺少必需的列",
        "A column is missing",
        "请使用模板：前十行中须有一行列名，其中有 column 所示的一列。",
        "Use the template. One of the first ten rows must contain the column titles, including the one in column.",
    ),
    "column_repeated": ProblemKind(
        422,
        "列名重复",
        "A column title is there twice",
        "row 行有两列都叫 column 所示的列名：请保留一列（左右并排的名单请改为上下排列）后重新上传。",
        "Two columns at row have the title in column: keep one of them, put lists that stand side by side below each"
        " other, and upload the file again.",
    ),
    "cell_too_long": ProblemKind(
        422,
        "单元格内容过长",
        "A cell is too long",
        "请检查 row 行 column 列的内容，最多 limit_characters 字。",
        "Check the content of the cell at row and column. It may have limit_characters characters.",
    ),
}
