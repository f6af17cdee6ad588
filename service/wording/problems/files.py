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
        "文件过多或过大，请分批上传。",
        "It holds too many files, or too large ones: upload it in parts.",
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
        "请用 Excel 或 WPS 打开并另存后重新上传。",
        "Open it in Excel or WPS, save it as a new file and upload it again.",
    ),
    "sheet_too_long": ProblemKind(
        422,
        "行数过多",
        "Too many rows",
        "行数过多，请分批上传。",
        "It has too many rows: upload it in parts.",
    ),
    "several_tables": ProblemKind(
        422,
        "有多个工作表含有这些列",
        "Several sheets have these columns",
        "一次只导入一个工作表：请把名单并入同一工作表，或隐藏、删除不导入的工作表后重新上传。",
        (
            "One sheet is imported at a time: put the lists into one sheet, or hide or delete those that are not "
            "to be imported, and upload the file again."
        ),
    ),
    "column_missing": ProblemKind(
        422,
        "缺少必需的列",
        "A column is missing",
        "请使用模板：前十行中须有一行列名。",
        "Use the template: one of the first ten rows must contain the column titles.",
    ),
    "column_repeated": ProblemKind(
        422,
        "列名重复",
        "A column title is there twice",
        "有两列的列名相同：请保留一列（左右并排的名单请改为上下排列）后重新上传。",
        (
            "Two columns have the same title: keep one of them, put lists that stand side by side below each "
            "other, and upload the file again."
        ),
    ),
    "cell_too_long": ProblemKind(
        422,
        "单元格内容过长",
        "A cell is too long",
        "请缩短过长的单元格内容。",
        "Shorten the cell that is too long.",
    ),
    "file_store_unavailable": ProblemKind(
        503,
        "文件存储暂时不可用",
        "The file store does not answer",
        "请稍后再试；没有保存任何内容。",
        "Try again in a moment; nothing was stored.",
    ),
    "file_unreadable": ProblemKind(
        410,
        "该文件已无法读取",
        "This file can't be read any more",
        "请重新上传该文件；管理员可在日志中看到原因。",
        "Upload the file again. Admins see the reason in the log.",
    ),
    "evidence_unsupported": ProblemKind(
        415,
        "不支持的佐证材料格式",
        "This kind of file is not taken as evidence",
        "请上传 JPG、PNG、HEIC 照片或 PDF；以文件内容为准，动图不接受。",
        "Send a JPG, PNG or HEIC photo, or a PDF. The content decides, not the name; an animation is not taken.",
    ),
    "evidence_too_large": ProblemKind(
        413,
        "佐证材料过大",
        "The file is too large",
        "每个文件不超过 5 MB，照片不超过 6000 万像素（PNG 2400 万）。请降低分辨率或分开上传。",
        "A file has 5 MB at most, a photo 60 million pixels (a PNG 24 million). Send it smaller, or in parts.",
    ),
    "evidence_broken": ProblemKind(
        422,
        "佐证材料已损坏或为空",
        "The file is damaged or empty",
        "请确认文件能正常打开，然后重新上传；或拍照上传。",
        "See that the file opens, then upload it again; or send a photo of it.",
    ),
    "evidence_encrypted": ProblemKind(
        422,
        "PDF 已加密",
        "The PDF has a password",
        "请去除密码后上传（可“打印为 PDF”），或拍照上传。",
        "Remove the password, for example by printing it to a PDF, or send a photo of it.",
    ),
    "evidence_too_many_pages": ProblemKind(
        422,
        "PDF 页数过多",
        "The PDF has too many pages",
        "只上传需要的页（如封面、目录、首页），每个 PDF 不超过 20 页。",
        "Send only the pages that are needed, such as cover, contents and first page: 20 at most.",
    ),
    "evidence_too_complex": ProblemKind(
        422,
        "无法处理该 PDF",
        "The PDF can't be processed",
        "该 PDF 过于复杂，请“打印为 PDF”或拍照后上传。",
        "It is too complex. Print it to a PDF, or send a photo of it.",
    ),
    "evidence_busy": ProblemKind(
        503,
        "正在处理其他文件",
        "Other files are being checked",
        "请稍后再次上传。",
        "Upload it again in a moment.",
    ),
    "evidence_in_use": ProblemKind(
        409,
        "该材料已用于学分填报",
        "A claim has this file",
        "请先在学分填报中移除该材料。",
        "Take it out of the claim first.",
    ),
    "evidence_not_yours": ProblemKind(
        422,
        "佐证材料不存在",
        "There is no such evidence of yours",
        "请重新上传佐证材料；未使用的材料在三十天后删除。",
        "Upload the evidence again. A file that belongs to no claim is deleted after thirty days.",
    ),
}
