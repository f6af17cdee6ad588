"""The learner's desk: the manual's tables, which are cards on a phone, and claims on a network that fails."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from models.people import Role
from tests.api import Api
from tests.browser.conftest import NewDevice
from tests.browser.devices import DESK, NARROW
from tests.credit.claims.claiming import ClaimScene, make_claim_scene
from tests.credit.conftest import CreditScene
from tests.factories import Factories

CREDITS = [
    "选择", "日期", "项目编号", "活动名称", "活动类型", "学分级别", "学科", "举办方式", "学时", "学分", "审核状态",
    "审核意见", "学分录入单位",
]  # fmt: skip
CLAIMS = [
    "选择", "操作", "活动日期", "内容", "学分证明照片", "学分类别", "学分子类别", "学科", "举办方式", "学分", "学时",
    "上报日期", "科室审核日期", "单位审核日期", "审核部门", "当前状态", "审核",
]  # fmt: skip
MODULES = {"/claims", "/credits", "/compliance", "/summaries", "/profile", "/history", "/certificates", "/where"}


@pytest.fixture
def credits(api: Api, make: Factories, clock: Any, db: Session) -> CreditScene:
    """Somebody with the credits of figure 7."""
    unit = make.unit()
    person, boss = make.person(unit=unit), make.staff(Role.AUTHORITY, make.province)
    scene = CreditScene(api, make, clock, db, unit, person, api.as_(person), boss, api.as_(boss))
    scene.load(*scene.figure_7())
    return scene


@pytest.fixture
def claims(api: Api, make: Factories, clock: Any, db: Session) -> ClaimScene:
    """A ward where credits may be claimed."""
    return make_claim_scene(api, make, clock, db)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo of a sheet of paper."""
    path = tmp_path / "grant.jpg"
    assert cv2.imwrite(str(path), np.full((600, 800, 3), 230, np.uint8))
    return path


def test_credits_are_a_table_on_a_desk_and_cards_on_the_smallest_phone(
    new_device: NewDevice, credits: CreditScene
) -> None:
    desk = new_device(size=DESK)
    desk.keep_sign_in(credits.person)
    desk.go("/credits?from=2018-01-01&to=2018-12-31")
    expect(desk.page.locator("tbody tr")).to_have_count(10)
    assert desk.page.locator("thead th").all_inner_texts() == CREDITS
    expect(desk.page.locator("tfoot")).to_contain_text("总分:38.00")
    expect(desk.page.locator("tfoot")).to_contain_text("总分:25.00")
    assert (desk.grave_findings(), desk.overflow()) == ([], 0)
    phone = new_device(size=NARROW)
    phone.keep_sign_in(credits.person)
    phone.go("/credits?from=2018-01-01&to=2018-12-31")
    card = phone.page.locator("tbody tr").first
    expect(card).to_contain_text("示例课程")
    assert card.bounding_box()["width"] <= 320  # type: ignore[index]
    assert phone.page.get_by_role("cell").count() > 0  # its meaning stays, whatever it looks like
    assert (phone.grave_findings(), phone.overflow()) == ([], 0)


def test_a_filter_lives_in_the_address(new_device: NewDevice, credits: CreditScene) -> None:
    desk = new_device(size=DESK)
    desk.keep_sign_in(credits.person)
    desk.go("/credits?from=2018-01-01&to=2018-12-31&status=nonsense")
    rows = desk.page.locator("tbody tr")
    expect(rows).to_have_count(10)
    desk.get("status").select_option("approved")
    expect(rows).to_have_count(9)
    desk.page.reload()
    expect(rows).to_have_count(9)
    expect(desk.get("status")).to_have_value("approved")
    desk.page.get_by_role("link", name="达标", exact=True).click()
    desk.sees("compliance")
    desk.page.go_back()
    expect(rows).to_have_count(9)


def test_a_certificate_of_a_chosen_row_is_saved(new_device: NewDevice, credits: CreditScene) -> None:
    desk = new_device(size=DESK)
    desk.keep_sign_in(credits.person)
    desk.go("/credits?from=2018-01-01&to=2018-12-31")
    expect(desk.page.locator("tbody input:disabled")).to_have_count(1)  # the row that waits
    desk.page.locator("tbody input:enabled").first.check()
    with desk.page.expect_download() as saved:
        desk.press("certify")
    assert saved.value.suggested_filename.startswith("ZJ")


def test_inside_another_app_a_file_comes_by_a_link_of_the_service(new_device: NewDevice, credits: CreditScene) -> None:
    phone = new_device(user_agent="Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 MicroMessenger/8.0.50")
    phone.keep_sign_in(credits.person)
    phone.go("/credits?from=2018-01-01&to=2018-12-31")
    phone.page.locator("tbody input:enabled").first.check()
    with phone.page.expect_download() as saved:
        phone.press("certify")
    assert "/api/v1/downloads/" in saved.value.url
    assert saved.value.suggested_filename.startswith("ZJ")


@pytest.mark.manual("M-0.2")
def test_the_menu_leads_to_the_modules_of_the_manual(new_device: NewDevice, credits: CreditScene) -> None:
    phone = new_device(size=NARROW)
    phone.keep_sign_in(credits.person)
    phone.go("/more")
    links = phone.page.locator("main nav a, nav.tabs a")
    expect(links.first).to_be_visible()
    found = {link.get_attribute("href") for link in links.all()}
    assert found >= MODULES


@pytest.mark.manual("M-3.2.4")
def test_a_claim_survives_a_reload_and_a_lost_network(new_device: NewDevice, claims: ClaimScene, photo: Path) -> None:
    phone = new_device(size=NARROW)
    phone.keep_sign_in(claims.person)
    phone.go("/claims/new")
    phone.get("claim-class").select_option("II")
    phone.get("claim-kind").select_option("科研立项")
    phone.get("claim-rule").select_option("GRT-PRV")
    phone.page.locator("input[name=rank]").nth(2).check()
    expect(phone.get("worth")).to_contain_text("6.00")
    titles = phone.page.locator("main form h2").all_inner_texts()
    assert titles == ["填写活动信息", "基本信息"]
    phone.fill(claim_name="急性心梗溶栓时间窗研究立项")
    phone.page.reload()
    expect(phone.get("claim-name")).to_have_value("急性心梗溶栓时间窗研究立项")
    phone.get("claim-delivery").select_option("论文著作")
    phone.get("claim-discipline").select_option(index=1)
    phone.get("claim-subdiscipline").select_option(index=1)
    phone.context.set_offline(True)
    phone.page.locator("input[type=file]").set_input_files(photo)
    phone.sees("error", code="offline")
    expect(phone.get("claim-submit")).to_be_disabled()
    phone.context.set_offline(False)
    expect(phone.get("evidence-waits")).to_have_count(0)
    assert (phone.grave_findings(), phone.overflow()) == ([], 0)
    phone.press("claim-submit")
    expect(phone.page.get_by_role("row").filter(has_text="已上报->科室管理员未审核")).to_have_count(1)
    assert claims.queue(claims.department)


def test_claims_have_the_seventeen_columns_of_figure_6(new_device: NewDevice, claims: ClaimScene) -> None:
    claims.claim()
    desk = new_device(size=DESK)
    desk.keep_sign_in(claims.person)
    desk.go("/claims")
    expect(desk.page.locator("tbody tr")).to_have_count(1)
    assert desk.page.locator("thead th").all_inner_texts() == CLAIMS
    assert (desk.grave_findings(), desk.overflow()) == ([], 0)
    with desk.page.expect_download() as saved:
        desk.page.get_by_role("button", name="导出Excel").click()
    assert saved.value.suggested_filename == "claims.xlsx"
