"""The pages for those who work on the code are true: the paths, names and links in them exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from service import __version__
from tests.architecture.sources import PACKAGES, ROOT, nodes_of, sources, text_of

DECISIONS = ROOT / "docs" / "decisions"
HOW_TO = sorted((ROOT / "docs" / "how-to").glob("*.md"))
GUIDES = [
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    ROOT / "docs" / "glossary.md",
    DECISIONS / "README.md",
    *HOW_TO,
]
EXAMPLE = re.compile(r"note", re.IGNORECASE)
"""What the pages add: notes of projects. None of it exists."""
LATER_MADE = (".venv/", ".venv", ".venvs/")


def named(page: Path) -> list[str]:
    """Return what a page names between backticks, outside of blocks of code."""
    prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.findall(r"`([^`\n]+)`(?! \(new\))", prose)


@cache
def words() -> frozenset[str]:
    """Return each word of our code and tests."""
    files = [*sources(*PACKAGES, "tests", "migrations"), *(ROOT / "scripts").glob("*"), ROOT / "pyproject.toml"]
    return frozenset(word for path in files if path.is_file() for word in re.findall(r"\w+", text_of(path)))


@cache
def defined() -> frozenset[str]:
    """Return the classes of our packages, their tables and columns, and the dotted names of packages and modules."""
    found = set()
    for path in sources(*PACKAGES):
        dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found |= {dotted, dotted.removesuffix(".__init__")}
        for node in nodes_of(path):
            if isinstance(node, ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.add(node.target.id)
            elif isinstance(node, ast.Assign):
                found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(found)


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_each_path_and_link_of_a_guide_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = {each for each in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if "://" not in each}
    assert not {each for each in links if not (page.parent / each).exists()}
    paths = {
        each.split()[0] for each in named(page) if re.fullmatch(r"[\w./-]+(/[\w.-]*|\.(py|md|toml|yaml))( .*)?", each)
    }
    missing = {
        each
        for each in paths
        if not (ROOT / each).exists() and not list(ROOT.glob(f"tests/**/{each}")) and each not in LATER_MADE
    }
    assert not missing, f"{page.name} names {missing}; what a page adds is followed by (new)"


@pytest.mark.parametrize("page", HOW_TO, ids=lambda page: page.name)
def test_each_name_of_a_how_to_exists(page: Path) -> None:
    for each in named(page):
        if EXAMPLE.search(each) or "/" in each or " " in each or each.endswith((".md", ".py")):
            continue
        assert set(re.findall(r"[A-Za-z_]\w+", each)) <= words() | {"True", "None"}, f"{page.name} names {each}"


@pytest.mark.parametrize("page", HOW_TO, ids=lambda page: page.name)
def test_the_code_of_a_how_to_is_python_and_imports_what_exists(page: Path) -> None:
    for block in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        for module, names in re.findall(r"^from ([\w.]+) import (.+)$", block, re.MULTILINE):
            if module.split(".")[0] in PACKAGES and not EXAMPLE.search(module + names):
                imported = __import__(module, fromlist=["_"])
                assert all(hasattr(imported, name) for name in names.split(", ")), module


def test_each_word_of_the_glossary_is_in_the_code_and_in_both_languages() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and not line.startswith("| 中文")
    ]
    assert len(rows) > 40
    for chinese, english, _, code in rows:
        assert re.search(r"[\u4e00-\u9fff]", chinese), english
        for name in re.findall(r"`([^`]+)`", code):
            assert name in defined(), f"{english}: no class, table, enum or module {name}"


def test_the_index_of_decisions_is_complete_and_tells_their_state() -> None:
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \d+ \| \[[^]]+\]\(([^)]+)\) \| (.+) \|$", index, re.MULTILINE)
    rows = dict(listed)
    assert len(rows) == len(listed), "a row stands there twice"
    pages = {path.name: path.read_text(encoding="utf-8") for path in DECISIONS.glob("0*.md")}
    assert set(rows) == set(pages)
    for name, text in pages.items():
        number, title = re.fullmatch(r"# (\d+)\. (.+)", text.splitlines()[0]).groups()  # type: ignore[union-attr]
        assert f"| {number} | [{title}]({name}) |" in index, f"the index tells {name} otherwise"
        superseded = re.search(r"^Superseded (by .+)\.$", text, re.MULTILINE)
        assert rows[name] == (f"superseded {superseded[1]}" if superseded else "in force"), name


def test_the_newest_version_of_the_changelog_is_the_one_that_is_served() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(__version__)} \(\d{{4}}-\d\d-\d\d\)", headings[1]), headings[1]
