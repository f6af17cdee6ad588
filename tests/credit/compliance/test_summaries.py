"""Annual and multi-year summaries (M-11): the columns of figure 8, totals by class, the result, and what is refused."""

import re
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from models.edge import AuditEntry
from models.people import Role
from models.person_facts import PersonStatus, Title
from models.profiles import ProfileChange
from tests.api import Api
from tests.credit.conftest import CreditScene, make_scene
from tests.documents.pdfs import fonts_of, pages_of, text_of
from tests.factories import Factories
from tests.kept_worlds import KeptWorlds

FIGURE_8 = (
    "人员编号", "活动日期", "项目编号", "内容", "学分类别", "学分子类别", "学科", "举办方式", "学分录入单位", "学分",
    "学时",
)  # fmt: skip


def pdf(client: Api, path: str) -> bytes:
    reply = client.get(path)
    assert (reply.status_code, reply.mimetype) == (200, "application/pdf"), reply.data[:200]
    return reply.data


@pytest.fixture
def scene(kept: KeptWorlds) -> CreditScene:
    """The ten rows of figure 7, of which one waits."""
    return kept.open("figure 7", lambda: with_figure_7(make_scene(kept)))


def with_figure_7(scene: CreditScene) -> CreditScene:
    scene.load(*scene.figure_7())
    return scene


def says(text: str, scene: CreditScene) -> None:
    """Assert that a summary of 2018 says what figures 7 to 9 say."""
    text = re.sub(r"\s+", "", text)
    for title in FIGURE_8:
        assert title in text
    for wanted in (scene.person.name, scene.person.cme_number or "", scene.unit.name, "2018-01-01----2018-12-31"):
        assert wanted in text
    assert "达标结果：达标" in text
    assert "总记录数：10条" in text
    assert "合计38.00134.025.00" in text  # all rows, those that wait too; and what counts (M-X.1, M-X.2)
    assert "总学分25.00120.0" in text
    assert "I类学分10.0045.0" in text
    assert "II类学分15.0075.0" in text
    assert "其他学分00.0" in text
    assert "学分25.0025.000.00" in text  # have, required, missing
    assert "II类学分15.0015.000.00" in text


@pytest.mark.manual("M-11.1", "M-11.2", "M-X.6")
def test_the_annual_summary_as_pdf_has_the_lines_the_totals_and_the_result(scene: CreditScene) -> None:
    data = pdf(scene.learner, "/me/summaries/annual.pdf?year=2018")
    text = text_of(data)
    assert "学分年度汇总表" in text
    assert text.count("示例课程") == 10
    says(text, scene)
    assert all(fonts_of(data).values())


@pytest.mark.manual("M-11.2")
def test_the_annual_summary_as_a_page_prints_without_a_script(scene: CreditScene) -> None:
    reply = scene.learner.get("/me/summaries/annual.html?year=2018")
    assert (reply.status_code, reply.mimetype) == (200, "text/html")
    assert "<script" not in reply.text
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert "@media print" in reply.text
    body = reply.text.partition("</style>")[2]
    says(re.sub(r"<[^>]+>", "", body), scene)


@pytest.mark.manual("M-11.3")
def test_several_years_come_as_one_pdf_with_a_table_of_all_above(scene: CreditScene) -> None:
    scene.load(scene.row(90, date="2017-03-01", category="NAT", credits="5", hours="15"))
    data = pdf(scene.learner, "/me/summaries/multi-year.pdf?years=2018,2017,2018")
    text = text_of(data)
    assert "学分多年度汇总表" in text
    assert (
        "年度总学分I类学分II类学分其他学分学时达标结果20175.005.000.00015.0未达标201825.0010.0015.000120.0达标" in text
    )
    assert text.index("2017-01-01----2017-12-31") < text.index("2018-01-01----2018-12-31")
    says(text, scene)
    assert pages_of(data) >= 1


@pytest.mark.manual("M-11.2", "M-5.4")
def test_each_year_says_the_unit_and_the_title_of_that_year(scene: CreditScene) -> None:
    for year, unit, title in ((2012, "甲医院", Title.ATTENDING_PHYSICIAN), (2018, "乙医院", Title.CHIEF_PHYSICIAN)):
        facts = {"person_status": PersonStatus.NORMAL, "changed_at": scene.clock.now()}
        scene.db.add(ProfileChange(person_id=scene.person.id, unit_name=unit, title=title, year=year, **facts))
    scene.db.commit()
    text = text_of(pdf(scene.learner, "/me/summaries/multi-year.pdf?years=2011,2017,2018"))
    assert text.count("单位：甲医院职称：主治医师") == 2
    assert text.count("单位：乙医院职称：主任医师") == 1


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "请至少选择一个年度，如 years=2017,2018"),
        ("years=", "请至少选择一个年度，如 years=2017,2018"),
        ("years=,", "请至少选择一个年度，如 years=2017,2018"),
        ("years=2017;2018", "请至少选择一个年度，如 years=2017,2018"),
        ("years=17", "请至少选择一个年度，如 years=2017,2018"),
        ("years=２０１７", "请至少选择一个年度，如 years=2017,2018"),
        ("years=2016,2017,2018,2019,2020,2021", "最多选择 5 个年度"),
    ],
)
def test_none_or_more_than_five_years_are_refused_with_a_clear_message(
    scene: CreditScene, query: str, says: str
) -> None:
    for path in ("/me", f"/people/{scene.person.id}"):
        who = scene.learner if path == "/me" else scene.authority
        refused = who.get(f"{path}/summaries/multi-year.pdf?{query}")
        assert (refused.status_code, refused.json["code"]) == (422, "invalid_input")
        assert says in str(refused.json["errors"]["years"])


def test_five_years_are_not_too_many(scene: CreditScene) -> None:
    pdf(scene.learner, "/me/summaries/multi-year.pdf?years=2014,2015,2016,2017,2018,2018")


def test_a_year_without_credits_is_a_summary_too(scene: CreditScene) -> None:
    text = text_of(pdf(scene.learner, "/me/summaries/annual.pdf?year=2019"))
    assert "总记录数：0条" in text
    assert "达标结果：未达标" in text


def test_the_year_that_nobody_chose_is_this_one(scene: CreditScene) -> None:
    year = scene.learner.get("/me/compliance").json["year"]
    assert f"{year}-01-01" in text_of(pdf(scene.learner, "/me/summaries/annual.pdf"))


@pytest.mark.parametrize(
    "name",
    [
        '#read("/etc/passwd")',
        "<script>alert(1)</script>",
        "{{ 7*7 }} {% raw %}",
        "*粗* _斜_ $x$ // 注 @a <b> `c`",
        "A" * 200,
        "\u202e反转 \u0007 \U0001f600 𠮷䶮",
    ],
)
def test_names_of_activities_are_text_and_never_source(scene: CreditScene, name: str) -> None:
    scene.load(scene.row(91, name=name))
    pdf(scene.learner, "/me/summaries/annual.pdf?year=2018")
    pdf(scene.learner, "/me/summaries/multi-year.pdf?years=2018")
    shown = scene.learner.get("/me/summaries/annual.html?year=2018").text
    assert "<script>" not in shown
    assert "{{ 7*7 }}" in shown or "7*7" not in name


def test_the_same_summary_at_the_same_time_has_the_same_bytes(scene: CreditScene) -> None:
    first, second = (pdf(scene.learner, "/me/summaries/annual.pdf?year=2018") for _ in range(2))
    assert first == second


def test_admins_get_those_of_the_people_in_their_units_and_each_look_is_audited(
    scene: CreditScene, make: Factories
) -> None:
    admin = scene.api.as_(make.staff(Role.UNIT_ADMIN, scene.unit))
    stranger = scene.api.as_(make.staff(Role.UNIT_ADMIN, make.unit()))
    says(text_of(pdf(admin, f"/people/{scene.person.id}/summaries/annual.pdf?year=2018")), scene)
    says(
        re.sub(
            r"<[^>]+>",
            "",
            admin.get(f"/people/{scene.person.id}/summaries/annual.html?year=2018").text.partition("</style>")[2],
        ),
        scene,
    )
    says(text_of(pdf(scene.authority, f"/people/{scene.person.id}/summaries/multi-year.pdf?years=2017,2018")), scene)
    looked = [each.after for each in scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "credits.look"))]
    assert [each and each["years"] for each in looked] == ["2018", "2018", "2017,2018"]
    for path in ("annual.pdf?year=2018", "annual.html?year=2018", "multi-year.pdf?years=2018"):
        assert stranger.get(f"/people/{scene.person.id}/summaries/{path}").status_code == 404
        assert admin.get(f"/people/{uuid.uuid4()}/summaries/{path}").status_code == 404


def test_a_link_saves_the_file_where_no_bearer_can_be_sent(scene: CreditScene) -> None:
    for path, kind in (("annual.pdf?year=2018", "application/pdf"), ("annual.html?year=2018", "text/html")):
        made: Any = scene.learner.post("/download-links", {"path": f"/api/v1/me/summaries/{path}"})
        reply = Api(scene.api.app).get(made.json["url"].removeprefix("https://cme.test"))
        assert (reply.status_code, reply.mimetype) == (200, kind)
