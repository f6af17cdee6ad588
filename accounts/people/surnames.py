"""Characters that a name reads in another way than a text: surnames, and given names with two usual readings.

The surnames are those whose reading differs from the first one of the dictionary (《现代汉语词典》 marks them 姓). The
first reading of each is the usual one.
"""

DOUBLE_SURNAMES = {
    "單": ("shan",), "區": ("ou",), "貟": ("yun",), "贠": ("yun",), "称": ("chen",), "粘": ("nian",), "幺": ("yao",),
    "欧阳": ("ou", "yang"), "慕容": ("mu", "rong"), "司马": ("si", "ma"), "上官": ("shang", "guan"),
    "诸葛": ("zhu", "ge"), "东方": ("dong", "fang"), "皇甫": ("huang", "fu"), "尉迟": ("yu", "chi"),
    "公孙": ("gong", "sun"), "令狐": ("ling", "hu"), "宇文": ("yu", "wen"), "长孙": ("zhang", "sun"),
    "万俟": ("mo", "qi"), "澹台": ("tan", "tai"), "单于": ("chan", "yu"), "夏侯": ("xia", "hou"), "呼延": ("hu", "yan"),
    "端木": ("duan", "mu"), "百里": ("bai", "li"), "东郭": ("dong", "guo"), "南宫": ("nan", "gong"),
    "独孤": ("du", "gu"), "完颜": ("wan", "yan"), "鲜于": ("xian", "yu"), "闾丘": ("lv", "qiu"), "司徒": ("si", "tu"),
    "司空": ("si", "kong"), "太史": ("tai", "shi"), "申屠": ("shen", "tu"), "淳于": ("chun", "yu"),
    "轩辕": ("xuan", "yuan"), "钟离": ("zhong", "li"), "宗政": ("zong", "zheng"), "濮阳": ("pu", "yang"),
    "公冶": ("gong", "ye"), "赫连": ("he", "lian"), "拓跋": ("tuo", "ba"), "亓官": ("qi", "guan"), "第五": ("di", "wu"),
    "西门": ("xi", "men"),
}  # fmt: skip
SURNAMES = {
    "仇": ("qiu",), "单": ("shan",), "曾": ("zeng",), "解": ("xie",), "查": ("zha",), "朴": ("piao", "pu"),
    "任": ("ren",), "区": ("ou",), "翟": ("zhai", "di"), "盖": ("ge", "gai"), "乐": ("yue", "le"), "召": ("shao",),
    "员": ("yun",), "种": ("chong",), "重": ("chong",), "缪": ("miao",), "宓": ("mi", "fu"), "冼": ("xian",),
    "洗": ("xian",), "华": ("hua",), "过": ("guo",), "燕": ("yan",), "宁": ("ning",), "甯": ("ning",), "应": ("ying",),
    "覃": ("qin", "tan"), "纪": ("ji",), "那": ("na",), "黑": ("he", "hei"), "盛": ("sheng",), "隗": ("wei", "kui"),
    "祭": ("zhai",), "秘": ("bi",), "薄": ("bo",), "卜": ("bu",), "晁": ("chao",), "谌": ("chen", "shen"),
    "牟": ("mu", "mou"), "訾": ("zi",), "尉": ("wei", "yu"), "褚": ("chu",), "哈": ("ha",), "撒": ("sa",),
    "车": ("che",), "句": ("gou",), "阚": ("kan",), "柏": ("bai", "bo"), "强": ("qiang", "jiang"), "贲": ("ben",),
    "相": ("xiang",),
    "么": ("yao",), "石": ("shi",), "沈": ("shen",), "俞": ("yu",), "郇": ("xun", "huan"), "郗": ("xi", "chi"),
    "乜": ("nie",), "眭": ("sui",), "干": ("gan",), "葛": ("ge",), "都": ("du",), "占": ("zhan",), "降": ("jiang",),
    "宿": ("su",), "繁": ("po",), "折": ("she",), "贾": ("jia",), "余": ("yu",), "瞿": ("qu",), "臧": ("zang",),
    "藏": ("zang",), "曲": ("qu",), "逄": ("pang",), "於": ("yu",), "尹": ("yin",), "佴": ("nai",), "参": ("shen",),
    "长": ("zhang", "chang"), "行": ("xing",), "和": ("he",), "万": ("wan",), "叶": ("ye",), "焦": ("jiao",),
    "颉": ("xie",), "冯": ("feng",), "尧": ("yao",), "洪": ("hong",), "骆": ("luo",), "适": ("kuo",), "庹": ("tuo",),
    "麻": ("ma",), "术": ("zhu",), "扎": ("zha",), "夏": ("xia",), "观": ("guan",), "会": ("gui",), "隽": ("juan",),
}  # fmt: skip
GIVEN_NAMES = {
    "偲": ("si", "cai"), "泊": ("bo", "po"), "称": ("cheng",), "塞": ("sai",), "區": ("qu",),
    "卜": ("bu",), "沙": ("sha",), "宁": ("ning",), "车": ("che",), "种": ("zhong",), "区": ("qu",), "万": ("wan",),
    "乐": ("le", "yue"), "行": ("xing", "hang"), "长": ("chang", "zhang"), "重": ("zhong", "chong"),
    "朝": ("chao", "zhao"), "晟": ("sheng", "cheng"), "茜": ("qian", "xi"), "莎": ("sha", "suo"), "单": ("dan", "shan"),
    "曾": ("zeng", "ceng"), "盛": ("sheng",), "参": ("shen", "can"), "传": ("chuan",), "强": ("qiang",),
    "藏": ("zang", "cang"), "都": ("du", "dou"), "娜": ("na", "nuo"), "宿": ("su",), "露": ("lu",), "朴": ("pu",),
    "和": ("he",), "会": ("hui",), "大": ("da",), "少": ("shao",), "柏": ("bai", "bo"), "解": ("jie", "xie"),
    "率": ("shuai", "lv"), "炅": ("jiong", "gui"), "颉": ("jie", "xie"), "靓": ("liang", "jing"), "隽": ("jun", "juan"),
    "尉": ("wei", "yu"), "恪": ("ke", "que"), "阿": ("a", "e"), "召": ("zhao", "shao"), "仔": ("zi", "zai"),
    "纶": ("lun", "guan"), "扎": ("zha",), "呷": ("ga", "xia"), "佛": ("fo", "fu"), "调": ("diao", "tiao"),
    "降": ("jiang", "xiang"), "校": ("xiao", "jiao"), "殷": ("yin",), "载": ("zai",), "贝": ("bei",),
    "卡": ("ka",), "夹": ("jia",), "台": ("tai",), "不": ("bu",), "高": ("gao",), "艾": ("ai",), "术": ("shu",),
    "亚": ("ya",), "地": ("di",), "尔": ("er",), "石": ("shi",), "红": ("hong",), "家": ("jia",), "予": ("yu",),
    "洗": ("xi",), "蔚": ("wei", "yu"), "琪": ("qi",), "塔": ("ta",), "提": ("ti",), "格": ("ge",), "佳": ("jia",),
    "繁": ("fan",), "省": ("sheng", "xing"), "葛": ("ge",), "俟": ("si", "qi"), "浅": ("qian",),
}  # fmt: skip
