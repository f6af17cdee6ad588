"""A module holds no state: it is in objects that `create_app` makes, so two services in one process share only code."""

import ast
import functools
from collections.abc import Collection, Iterable, Iterator

import pytest

from tests.architecture.sources import ROOT, nodes_of, sources, tree_of

ROOMS = ("accounts", "attendance", "credit", "documents", "faces", "foundation", "service")

# What a call at the top of a module may make: values that never change, and what other libraries keep at that place.
VALUES = {
    "tuple", "frozenset", "range", "len", "cast", "timedelta", "Decimal", "ZoneInfo", "UUID", "Path", "with_name",
    "compile", "fromkeys", "TypeVar", "getLogger", "Struct", "array", "slice", "namedtuple", "maketrans", "encode",
    "digest", "lower", "NewType", "ParamSpec", "TypeAliasType",
}  # fmt: skip
STATEMENTS = {
    "select", "insert", "update", "delete", "exists", "where", "join", "outerjoin", "subquery", "scalar_subquery",
    "extract", "aliased", "MetaData", "Table", "order_by", "limit", "with_for_update", "execution_options",
    "group_by", "literal", "is_",
}  # fmt: skip
REGISTERED = {
    "APIBlueprint",
    "Blueprint",
    "Counter",
    "Histogram",
    "Gauge",
}  # routes and figures: one a process, by nature
MUTATORS = {
    "append", "extend", "insert", "remove", "pop", "popitem", "clear", "update", "setdefault", "add", "discard", "sort",
    "reverse", "appendleft", "popleft", "shuffle",
}  # fmt: skip

# By module and name: what else may stand at the top of a module, and why it is no state.
ALLOWED = {
    "accounts/sign_in/passwords.py": {
        "_HASHER": "the parameters of argon2, which remembers nothing",
        "_UNUSED_HASH": "the hash of no account: made once, because it takes 33 ms",
    },
    "attendance/attempts/observations.py": {"COUNTED_STATUS": "an SQL expression, put together by a function"},
    "attendance/check_in/scan_facts.py": dict.fromkeys(
        ("_BY_ID", "_BY_SHORT_CODE"), "a statement, put together by a function"
    ),
    "attendance/questions/question_files/plain_texts.py": {
        "_MARKDOWN": "the rules of Markdown, which remember nothing"
    },
    "credit/evidence/pdfs.py": {"_one_at_a_time": "how many PDFs a process has drawn at a time"},
    "credit/evidence/pictures.py": {"_one_at_a_time": "how many pictures a process decodes at a time"},
    "faces/finding/blaze.py": {"ANCHORS": "an array of the anchors' positions, which nobody changes"},
    "faces/finding/quality.py": {"DIRECTIONS": "an array of eight directions, which nobody changes"},
    "faces/photos/damage.py": dict.fromkeys(("HOLE", "HEVC_HOLE"), "zeros, as long as a hole"),
    "faces/photos/decoder_warnings.py": {"_one_at_a_time": "a lock of the one standard error that a process has"},
    "faces/photos/jpeg.py": {"_END": "two bytes"},
    "foundation/transactions.py": {"may_write": "of each thread or task: a session hands it to the driver below it"},
    "service/edge/answers/bodies.py": {
        **dict.fromkeys(
            ("Credits", "Hours", "ClaimHours", "Quantity", "ShareOfAll"), "a type, put together from its limits"
        ),
        "NOT_SENT": "the default of a field that a PATCH may leave out",
        "ways": "no ways by default; a body that has some names its own",
        "WHERE_KNOWN": "how a field of an answer is left out",
    },
    "service/edge/requests/body_limits.py": {"PHOTOS": "a frozen BodyLimit, put together by a function"},
    "service/edge/answers/cursor_keys.py": {"BY_ID": "a frozen key of lists, put together by a function"},
    "service/edge/database.py": {"db": "Flask-SQLAlchemy's extension, which keeps each app's state in the app"},
    "service/running/web/gunicorn_settings.py": {
        "_settings": "gunicorn reads its settings from a module, once a process"
    },
    "service/running/processes.py": {"_libc": "the machine's C library, for a call that Python has no name for"},
}
FILE = "what a packaged file says, which never changes"
CACHES = {
    "attendance/questions/answer_texts.py": {"level": "the form of a text, which depends on nothing else"},
    "attendance/projects/disciplines.py": {"disciplines": FILE, "_by_code": FILE, "_codes": FILE},
    "attendance/projects/numbers.py": {"number_formats": FILE},
    "attendance/record/facts.py": {"_read": "frozen objects for three words, of which there are few"},
    "attendance/sessions/sessions.py": {"_zones": "the machine's time zones"},
    "credit/rules/rule_book.py": {"packaged": FILE, "_read": "what a text means, whichever database it comes from"},
    "documents/letters.py": {"letters_of": FILE},
    "faces/conversion/human.py": {"_reference": FILE},
    "faces/covers/features.py": {"_places": "an array that depends on its arguments alone"},
    "faces/finding/hog.py": {"_packed_detector": "dlib's one detector, which takes 300 ms to make"},
    "faces/engines/train_covers.py": {"_eye": "the networks of a process that does nothing but draw and look"},
    "attendance/machines/quick_rows.py": {"_insert": "a statement for a kind of database"},
    "foundation/transactions.py": {
        "_insert_unless_there": "a statement for a table and a kind of database",
        "_insert_telling_keys": "as before",
    },
}


def findings(tree: ast.Module, frozen: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Give every name of a module that holds state, or may, with what it is. frozen: classes whose objects can't."""
    changed = set(_changed(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from ((name, "global") for name in node.names)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            kept = [ast.unparse(each) for each in node.decorator_list]
            if any(each.split("(")[0].rpartition(".")[2] in ("cache", "lru_cache") for each in kept):
                yield node.name, "cache"
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for body in (tree.body, *(each.body for each in classes)):
        for name, value in _assigned(body):
            if name in changed:
                yield name, "changed"
            elif body is tree.body and isinstance(value, ast.Call) and not _is_value(value, frozen):
                yield name, "made"
            elif isinstance(value, ast.Dict | ast.List | ast.Set) and ast.unparse(value) in ("{}", "[]"):
                yield name, "empty"


def _assigned(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for statement in body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for target in targets:
                named = target.elts if isinstance(target, ast.Tuple) else [target]
                yield from ((each.id, statement.value) for each in named if isinstance(each, ast.Name))


def _is_value(call: ast.Call, frozen: Collection[str]) -> bool:
    made = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    is_own_statement = made.startswith(("_select", "_make"))  # functions that put a statement together
    return made in VALUES | STATEMENTS | REGISTERED or made in frozen or is_own_statement


def _changed(tree: ast.Module) -> Iterator[str]:
    """Names that functions change: an item set or deleted, or a method called that changes its object."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        inside = list(ast.walk(function))
        own = {each.arg for each in inside if isinstance(each, ast.arg)}
        own |= {each.id for each in inside if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
        for node in inside:
            for changed in _targets(node):
                if isinstance(changed, ast.Name) and changed.id not in own:
                    yield changed.id


def _targets(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
        yield node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
        yield node.func.value


def _frozen(module: Iterable[ast.AST]) -> Iterator[str]:
    """The frozen dataclasses of a module."""
    for node in module:
        if isinstance(node, ast.ClassDef) and any("frozen=True" in ast.unparse(each) for each in node.decorator_list):
            yield node.name


@functools.cache
def _all() -> list[tuple[str, str, str]]:
    frozen = {name for path in sources(*ROOMS) for name in _frozen(nodes_of(path))}
    return [
        (path.relative_to(ROOT).as_posix(), name, kind)
        for path in sources(*ROOMS)
        for name, kind in findings(tree_of(path), frozen)
    ]


def test_no_module_keeps_state_but_what_is_listed_with_its_reason() -> None:
    listed = {(module, name) for each in (ALLOWED, CACHES) for module, names in each.items() for name in names}
    found = {(module, name) for module, name, _ in _all()}
    assert sorted(found - listed) == []
    assert sorted(listed - found) == [], "listed, and no longer there"


def test_no_function_says_global() -> None:
    assert [each for each in _all() if each[2] == "global"] == []


def test_what_is_cached_is_listed_as_a_cache() -> None:
    caches = {(module, name) for module, names in CACHES.items() for name in names}
    assert {(module, name) for module, name, kind in _all() if kind == "cache"} == caches


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("_known = {}", "_known"),
        ("_known: dict[str, int] = {'a': 1}\ndef add(): _known['b'] = 2", "_known"),
        ("TABLE = [1]\ndef more(): TABLE.append(2)", "TABLE"),
        ("import random\n_DICE = random.SystemRandom()", "_DICE"),
        ("_turn = threading.Lock()", "_turn"),
        ("_brake = WrongCodes()", "_brake"),
        ("_seen = set()", "_seen"),
        ("def f():\n    global count\n    count = 1", "count"),
        ("@cache\ndef read(db): return db", "read"),
        ("@functools.lru_cache(maxsize=1)\ndef read(db): return db", "read"),
        ("class Book:\n    rows = []", "rows"),
        ("class Settings: pass\n_now = Settings()\ndef set(): _now.x = 1", "_now"),
    ],
)
def test_the_guard_sees_state(source: str, name: str) -> None:
    assert name in dict(findings(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "NAMES = {'a': 1}\ndef name(): return NAMES['a']",
        "LIMIT = timedelta(minutes=1)",
        "_BY_ID = select(Row).where(Row.id == bindparam('id'))",
        "def f():\n    found = {}\n    found['a'] = 1\n    return found",
        "import logging\n_log = logging.getLogger(__name__)",
    ],
)
def test_the_guard_lets_constants_be(source: str) -> None:
    assert list(findings(ast.parse(source))) == []
