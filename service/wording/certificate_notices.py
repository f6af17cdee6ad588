"""The words of notices about certificates: a title and a text, in Chinese and English."""

from models.notices import NoticeTopic as Topic

CERTIFICATE_NOTICES: dict[Topic, tuple[tuple[str, str], tuple[str, str]]] = {
    Topic.CERTIFICATE_REVOKED: (
        ("证书已撤销", "A certificate was revoked"),
        (
            "《{subject}》的证书 {number} 已撤销，查询页面已显示。{because}如有异议，请联系主管部门。",
            "The certificate {number} of {subject} was revoked, and its public page says so. {because} If you "
            "disagree, ask the authority.",
        ),
    ),
    Topic.CERTIFICATE_REPLACED: (
        ("证书已换发", "A certificate was issued again"),
        (
            "《{subject}》的证书已换发，新编号 {number}；原编号 {replaces} 不再有效，请重新下载。",
            "The certificate of {subject} was issued again as {number}. {replaces} is no longer valid.",
        ),
    ),
    Topic.CERTIFICATE_WAITS: (
        ("证书暂不能打印", "Your certificates have to wait"),
        (
            "系统字体缺少您姓名中的 {letters}，证书暂不能打印。已通知单位管理员；加装字体后，请再次导出。",
            "The fonts lack {letters} of your name, so no certificate can be printed yet. The unit's admin was told. "
            "Ask for it again once a font was added.",
        ),
    ),
    Topic.CERTIFICATE_LETTERS: (
        ("姓名用字缺少字体", "A name needs a font"),
        (
            "本单位有人的姓名含 {letters}，系统字体没有，证书无法打印。请联系运维人员加装字体。",
            "The name of somebody in your unit has {letters}, which no font has: no certificate can be printed. "
            "Ask those who run the service for a font.",
        ),
    ),
}
