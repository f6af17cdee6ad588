"""The words that a profile chooses from, each list by its standard."""

import enum


class Sex(enum.StrEnum):
    """性别, of GB/T 2261.1-2003 what an ID card has."""

    MALE = "male"
    FEMALE = "female"


ID_CARD_WORDS = {Sex.MALE: "男", Sex.FEMALE: "女"}


class Ethnicity(enum.StrEnum):
    """民族: the 56 of GB/T 3304-1991 in its order, by its names in Latin letters, and others."""

    HAN = "han"
    MONGOL = "mongol"
    HUI = "hui"
    ZANG = "zang"
    UYGUR = "uygur"
    MIAO = "miao"
    YI = "yi"
    ZHUANG = "zhuang"
    BUYEI = "buyei"
    CHOSEN = "chosen"
    MAN = "man"
    DONG = "dong"
    YAO = "yao"
    BAI = "bai"
    TUJIA = "tujia"
    HANI = "hani"
    KAZAK = "kazak"
    DAI = "dai"
    LI = "li"
    LISU = "lisu"
    VA = "va"
    SHE = "she"
    GAOSHAN = "gaoshan"
    LAHU = "lahu"
    SUI = "sui"
    DONGXIANG = "dongxiang"
    NAXI = "naxi"
    JINGPO = "jingpo"
    KIRGIZ = "kirgiz"
    TU = "tu"
    DAUR = "daur"
    MULAO = "mulao"
    QIANG = "qiang"
    BLANG = "blang"
    SALAR = "salar"
    MAONAN = "maonan"
    GELAO = "gelao"
    XIBE = "xibe"
    ACHANG = "achang"
    PUMI = "pumi"
    TAJIK = "tajik"
    NU = "nu"
    UZBEK = "uzbek"
    RUSS = "russ"
    EWENKI = "ewenki"
    DEANG = "deang"
    BONAN = "bonan"
    YUGUR = "yugur"
    GIN = "gin"
    TATAR = "tatar"
    DERUNG = "derung"
    OROQEN = "oroqen"
    HEZHEN = "hezhen"
    MONBA = "monba"
    LHOBA = "lhoba"
    JINO = "jino"
    OTHER = "other"


class PoliticalStatus(enum.StrEnum):
    """政治面貌, as GB/T 4762-1984 lists them."""

    PARTY_MEMBER = "party_member"
    PROBATIONARY_PARTY_MEMBER = "probationary_party_member"
    LEAGUE_MEMBER = "league_member"
    RCCK = "rcck"
    CDL = "cdl"
    CDNCA = "cdnca"
    CAPD = "capd"
    CPWDP = "cpwdp"
    CHINA_ZHI_GONG = "china_zhi_gong"
    JIUSAN = "jiusan"
    TAIMENG = "taimeng"
    NO_PARTY = "no_party"
    CITIZEN = "citizen"


class Education(enum.StrEnum):
    """学历, as GB/T 4658-2006 groups them."""

    POSTGRADUATE = "postgraduate"
    UNDERGRADUATE = "undergraduate"
    JUNIOR_COLLEGE = "junior_college"
    SECONDARY_VOCATIONAL = "secondary_vocational"
    SENIOR_SECONDARY = "senior_secondary"
    JUNIOR_SECONDARY = "junior_secondary"
    OTHER = "other"


class Degree(enum.StrEnum):
    """学位, as GB/T 6864-2003 groups them."""

    DOCTOR = "doctor"
    MASTER = "master"
    BACHELOR = "bachelor"
    NONE = "none"


class PersonStatus(enum.StrEnum):
    """人员状态: 正常 and 注销 of M-5.4, the others of O-29."""

    NORMAL = "normal"
    DEREGISTERED = "deregistered"
    RETIRED = "retired"
    SUSPENDED_POST = "suspended_post"
    LONG_SICK_LEAVE = "long_sick_leave"


class TransferStatus(enum.StrEnum):
    """调动状态: 调入 of M-5.3, the others of O-29."""

    NONE = "none"
    TRANSFERRED_IN = "transferred_in"
    TRANSFERRED_OUT = "transferred_out"
    WAITING_IN = "waiting_in"


class TitleLevel(enum.StrEnum):
    """The level of a title (职称级别)."""

    SENIOR = "senior"
    ASSOCIATE_SENIOR = "associate_senior"
    INTERMEDIATE = "intermediate"
    JUNIOR = "junior"
    NONE = "none"


class Title(enum.StrEnum):
    """职称: those of doctors, pharmacists, nurses and technicians, by level; others by level alone.

    Source: 人社部发〔2021〕51号, 关于深化卫生专业技术人员职称制度改革的指导意见.
    """

    CHIEF_PHYSICIAN = "chief_physician"
    ASSOCIATE_CHIEF_PHYSICIAN = "associate_chief_physician"
    ATTENDING_PHYSICIAN = "attending_physician"
    PHYSICIAN = "physician"
    ASSISTANT_PHYSICIAN = "assistant_physician"
    CHIEF_PHARMACIST = "chief_pharmacist"
    ASSOCIATE_CHIEF_PHARMACIST = "associate_chief_pharmacist"
    PHARMACIST_IN_CHARGE = "pharmacist_in_charge"
    PHARMACIST = "pharmacist"
    ASSISTANT_PHARMACIST = "assistant_pharmacist"
    CHIEF_NURSE = "chief_nurse"
    ASSOCIATE_CHIEF_NURSE = "associate_chief_nurse"
    NURSE_IN_CHARGE = "nurse_in_charge"
    SENIOR_NURSE = "senior_nurse"
    NURSE = "nurse"
    CHIEF_TECHNICIAN = "chief_technician"
    ASSOCIATE_CHIEF_TECHNICIAN = "associate_chief_technician"
    TECHNICIAN_IN_CHARGE = "technician_in_charge"
    TECHNICIAN = "technician"
    ASSISTANT_TECHNICIAN = "assistant_technician"
    OTHER_SENIOR = "other_senior"
    OTHER_ASSOCIATE_SENIOR = "other_associate_senior"
    OTHER_INTERMEDIATE = "other_intermediate"
    OTHER_JUNIOR = "other_junior"
    NONE = "none"

    @property
    def level(self) -> TitleLevel:
        """Return the level of this title."""
        if self is Title.NONE:
            return TitleLevel.NONE
        if self.startswith("associate_chief") or self is Title.OTHER_ASSOCIATE_SENIOR:
            return TitleLevel.ASSOCIATE_SENIOR
        if self.startswith("chief") or self is Title.OTHER_SENIOR:
            return TitleLevel.SENIOR
        if self.endswith("_in_charge") or self in (Title.ATTENDING_PHYSICIAN, Title.OTHER_INTERMEDIATE):
            return TitleLevel.INTERMEDIATE
        return TitleLevel.JUNIOR
