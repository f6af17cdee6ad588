"""Errors in files of questions, and how to correct them, in Chinese and English, by code."""

from service.wording.cell_faults import CELL_FAULTS

QUESTION_FAULTS: dict[str, tuple[str, str]] = {
    **CELL_FAULTS,
    "no_questions": ("文件中没有题目，请添加", "the file has no questions: add at least one"),
    "too_many_questions": ("一次最多导入 5000 题", "too many questions: import 5,000 at most at once"),
    "file_too_large": ("文件不能超过 5 MB，请拆分", "the file is larger than 5 MB: split it"),
    "not_text": ("不是文本文件，请另存为文本文件", "not a text file: save it as text"),
    "title_unclosed": ("标题缺少结尾的 ::", "the title has no closing ::, add it"),
    "answers_missing": ("缺少花括号中的答案", "the answers in braces are missing: add them"),
    "braces_unbalanced": ("花括号不成对", "braces are missing: each { needs a }"),
    "essay_unsupported": ("不支持问答题，请删除", "essay questions are not supported: remove this question"),
    "number_unreadable": (
        "数值题的答案须写成 3.14、3.14:0.01（误差）或 3..4（范围）",
        "write the answer of a numerical question as 3.14, 3.14:0.01 (tolerance) or 3..4 (range)",
    ),
    "weights_unsupported": (
        "多选题正确选项的比重须相等且合计 100%，否则本系统的计分会与 Moodle 不同，请修改",
        "the right options of a multiple choice need equal weights that add up to 100%: exams here have no others",
    ),
    "penalty_unsupported": (
        "单选题的错误选项不能倒扣分，请去掉负的比重",
        "a wrong option of a single choice can't cost points: remove its negative weight",
    ),
    "wildcard_unsupported": (
        "填空题答案中的 * 在 Moodle 中代表任意文字，不支持；如确为星号请写成 \\*",
        "a * in a short answer stands for any text in Moodle, which is not supported: write \\* for a star",
    ),
    "table_unsupported": (
        "题目中有表格，纯文本无法显示：请改写为文字，或做成图片后在题库中添加",
        "the question has a table, which plain text can't show: write it as text, or add it as a picture in the bank",
    ),
    "picture_unsupported": (
        "题目中有图片，无法随文件导入：请在题库中添加此题并上传图片",
        "the question has a picture, which no file brings along: add the question in the bank and upload its picture",
    ),
    "media_unsupported": (
        "题目中有音频、视频、公式对象或附件，无法导入：请删除或改写为文字",
        "the question has sound, a film, a formula object or an attachment: remove it or write it as text",
    ),
    "picture_unknown": (
        "题目注明的图片不在本单位或上级单位的题库中，请先上传图片",
        "the picture that the question names is not in the bank of your unit or of one above: upload it first",
    ),
    "question_too_long": (
        "题目过长（连同标记超过 40000 字符），请缩短，或检查题目之间是否有空行",
        "the question is longer than 40,000 characters with its marks: shorten it, or put an empty line after each",
    ),
    "too_many_marks": (
        "Markdown 标记过多（超过 1000 个），请改用 [plain] 或 [html]",
        "the text has more than 1,000 marks of Markdown: write it as [plain] or [html]",
    ),
    "question_repeated": (
        "与文件中前面的一题相同，请删除其中一题",
        "the same as a question before it in the file: remove one of them",
    ),
    "feedback_left_out": (
        "各答案后的反馈未导入；需要时请写入整题解析（####）",
        "feedback on single answers is left out: put what is needed into the explanation of the question (####)",
    ),
    "already_in_bank": (
        "题库中已有相同的题目，提交时不再重复加入",
        "the bank has this question already: the commit leaves it out",
    ),
    "other_key_in_bank": (
        "题库中有题干、选项相同而答案不同的题目，请核对哪个答案正确",
        "the bank has a question that asks the same with another right answer: check which one is right",
    ),
    "key_contradicts": (
        "与文件中前面的一题题干、选项相同而答案不同，请核对哪个答案正确",
        "asks the same as a question before it in the file, with another right answer: check which one is right",
    ),
    "true_false_options_unknown": (
        "判断题如填写选项，须为“正确”“错误”（或对、错）各一个；也可不填选项",
        "the options of a true/false question must be 正确 and 错误, one of each, or be left empty",
    ),
    "matching_unsupported": ("不支持匹配题，请删除", "matching questions are not supported: remove this question"),
    "partial_credit_unsupported": (
        "单选题和填空题的答案不能部分得分",
        "answers of single-choice and fill-in questions can't have partial points",
    ),
    "answer_mark_missing": ("答案须以 = 或 ~ 开头", "begin each answer with = or ~"),
    "too_many_answers": ("答案或选项过多，请减少", "too many answers: remove some"),
    "answer_empty": ("答案没有内容，请填写", "an answer is empty: fill it in"),
    "several_right_without_weights": (
        "单选题只能有一个正确答案；多选题请标出比重",
        "a single-choice question has one right answer; for multiple choice, give weights",
    ),
    "option_out_of_order": (
        "选项字母不连续，请按 A、B、C 的顺序",
        "the letters of the options are not in order: use A, B, C, ...",
    ),
    "answer_line_missing": ("缺少 ANSWER 行", "the ANSWER line is missing: add it"),
    "options_missing": ("至少需要两个选项", "at least two options are needed"),
    "answer_unknown": ("答案不是已有的选项，请核对", "the answer is not one of the options: check it"),
    "text_missing": ("题干为空，请填写", "the question has no text: add it"),
    "kind_unknown": ("题型无法识别，请核对", "unknown kind of question: check it"),
    "points_unreadable": ("分值须为整数", "points must be a whole number"),
    "text_invalid": ("题干为空或过长", "the text is empty or too long: correct it"),
    "options_invalid": ("选项须为 2 至 12 个且互不相同", "two to twelve different options are needed"),
    "correct_invalid": (
        "正确答案与题型不符，请修改",
        "the right answers don't match the kind of question: correct them",
    ),
    "accepted_invalid": (
        "填空题和数值题的答案须为 1 至 20 个；数值题的答案写成 3.14、3.14±0.01 或 3..4",
        "one to twenty accepted answers are needed; those of a numerical question like 3.14, 3.14±0.01 or 3..4",
    ),
    "points_invalid": ("分值须在 1 至 100 之间", "points must be between 1 and 100"),
}
"""In a line of a text, or a cell of a sheet."""
