"""What may be wrong in a line of a file of questions, in words."""

FAULTS: dict[str, tuple[str, str]] = {
    "no_questions": ("文件中没有题目", "there is no question in the file"),
    "too_many_questions": ("一次最多导入 5000 题", "5,000 questions at most at once"),
    "file_too_large": ("文件不能超过 5 MB", "the file has more than 5 MB"),
    "not_text": ("不是文本文件", "not a text file"),
    "title_unclosed": ("标题缺少结尾的 ::", "the title lacks its closing ::"),
    "answers_missing": ("缺少花括号中的答案", "there are no answers in braces"),
    "braces_unbalanced": ("花括号不成对", "the braces don't match"),
    "essay_unsupported": ("不支持问答题", "essays are not supported"),
    "number_unsupported": ("不支持数值题", "numerical questions are not supported"),
    "matching_unsupported": ("不支持匹配题", "matching questions are not supported"),
    "partial_credit_unsupported": (
        "单选题和填空题的答案不能部分得分",
        "an answer of a single choice or a blank can't be partly right",
    ),
    "answer_mark_missing": ("答案须以 = 或 ~ 开头", "each answer begins with = or ~"),
    "too_many_answers": ("答案或选项过多", "too many answers"),
    "answer_empty": ("答案没有内容", "an answer is empty"),
    "several_right_without_weights": (
        "单选题只能有一个正确答案；多选题请标出比重",
        "a single choice has one right answer; give weights for a multiple one",
    ),
    "option_out_of_order": ("选项字母不连续", "the letters of the options are out of order"),
    "answer_line_missing": ("缺少 ANSWER 行", "the ANSWER line is missing"),
    "options_missing": ("至少需要两个选项", "at least two options are needed"),
    "answer_unknown": ("答案不是已有的选项", "the answer is none of the options"),
    "text_missing": ("题干为空", "the question has no text"),
    "kind_unknown": ("题型无法识别", "not a known kind of question"),
    "points_unreadable": ("分值须为整数", "points must be a whole number"),
    "text_invalid": ("题干为空或过长", "the text is empty or too long"),
    "options_invalid": ("选项须为 2 至 12 个且互不相同", "two to twelve different options are needed"),
    "correct_invalid": ("正确答案与题型不符", "the right answers don't fit the kind"),
    "accepted_invalid": ("填空答案须为 1 至 20 个", "one to twenty accepted answers are needed"),
    "points_invalid": ("分值须在 1 至 100 之间", "points must lie between 1 and 100"),
}
"""By code: Chinese, English."""
