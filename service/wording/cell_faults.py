"""Why a cell of a file can't be taken as it is, and what to do, in Chinese and English, by code."""

CELL_FAULTS: dict[str, tuple[str, str]] = {
    "cell_error": (
        "单元格显示的是错误（如 #N/A、####），不是内容：请改正公式或填写内容后重新上传",
        "The cell shows an error such as #N/A or ####: correct the formula or type the content, and upload it again",
    ),
    "formula_without_value": (
        "公式没有计算结果：请用 Excel 或 WPS 打开并保存，或改填内容后重新上传",
        "The formula has no result: save the file in Excel or WPS, or type the content, and upload it again",
    ),
    "format_unknown": (
        "无法确定该数字按其格式显示成什么：请把单元格设为“文本”格式并填写内容",
        "It isn't known what the cell shows in its number format: format it as text and type the content",
    ),
    "character_lost": (
        "有字符已丢失（显示为 �）：请重新填写此格",
        "A character was lost here and shows as a replacement mark: type the cell again",
    ),
    "cell_merged": (
        "此格被合并单元格盖住，文件中没有它的内容：请取消合并，逐行填写",
        "A merged cell covers this one, so that the file has no content for it: unmerge it and fill in each row",
    ),
    "row_hidden": (
        "此行在表格中被隐藏（如筛选）：要导入请取消隐藏，不要导入请删除此行",
        "This row is hidden in the sheet, for example by a filter: show it to import it, or delete it",
    ),
    "shown_rounded": (
        "单元格显示的与实际存的不同（如四舍五入、只显示年月）：请填写实际要用的数或完整日期",
        "The cell shows another number than it holds, or a month where it holds a day: type the number or the day",
    ),
    "row_too_wide": (
        "此行的内容比列名多，可能因内容中的逗号而错列：含逗号的内容请用英文双引号括起，或改用 .xlsx",
        "This row has more cells than there are titles, perhaps because of a comma in a text: put such a text into"
        " double quotes, or send an .xlsx",
    ),
}
"""In a cell of any table: the codes of `sheets/cells.py`."""
