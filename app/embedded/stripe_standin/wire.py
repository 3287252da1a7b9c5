"""The shapes on the wire: Stripe's bracketed forms in, its objects, lists and errors out."""

import re
import secrets
import string
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .store import Json, Store

API_VERSION = "2026-10-28.endive"
ALPHABET = string.ascii_letters + string.digits


class ApiError(Exception):
    """An answer that is not 2xx, in Stripe's shape."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        more: Json | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        body = {"type": kind, "message": message, "code": code, "param": param, **(more or {})}
        self.body = {"error": {name: value for name, value in body.items() if value is not None}}


@dataclass(frozen=True)
class Call:
    """One API request, decoded. `account` is the Stripe-Account header."""

    store: Store
    params: Json
    base_url: str
    account: str | None = None

    def need(self, name: str) -> Any:
        """The parameter of that name. Raises ApiError (parameter_missing) without it."""
        if self.params.get(name) in (None, ""):
            raise ApiError(f"Missing required param: {name}.", code="parameter_missing", param=name)
        return self.params[name]

    def integer(self, name: str, default: int | None = None) -> int:
        """The parameter as an integer. Raises ApiError when it is none or missing without a default."""
        raw = self.params.get(name, default)
        return whole(self.need(name) if raw is None else raw, name)

    def address(self, name: str, *, required: bool = True) -> Any:
        """The parameter as a web address. Raises ApiError when it is none."""
        value = self.need(name) if required else self.params.get(name)
        if value and not str(value).startswith(("http://", "https://")):
            raise ApiError(f"Not a valid URL: {name}", code="url_invalid", param=name)
        return value

    def flag(self, name: str) -> bool:
        return truth(self.params.get(name))


Handler = Callable[..., Json]


@dataclass(frozen=True)
class Route:
    """One endpoint of the API; `accepts` names its top-level parameters, others are refused as Stripe does."""

    method: str
    path: str
    handler: Handler
    accepts: frozenset[str] = field(default_factory=frozenset)


def names(text: str) -> frozenset[str]:
    """Parameter names from one string, plus those that every endpoint takes."""
    return frozenset(text.split()) | {"expand"}


def truth(value: Any) -> bool:
    return str(value).lower() in {"true", "1", "on", "yes"}


def whole(raw: Any, param: str) -> int:
    """An integer. Raises ApiError when it is none."""
    try:
        return int(raw)
    except (TypeError, ValueError):
        raise ApiError(f"Invalid integer: {raw}", code="parameter_invalid_integer", param=param) from None


def new_id(prefix: str, length: int = 24) -> str:
    return prefix + "_" + "".join(secrets.choice(ALPHABET) for _ in range(length))


def decode_form(pairs: Iterable[tuple[str, str]]) -> Json:
    """`a[b][0]=c` becomes {"a": {"b": ["c"]}}."""
    tree: Json = {}
    for key, value in pairs:
        place(tree, re.findall(r"[^\[\]]+|(?<=\[)(?=\])", key), value)
    return {name: value if name == "metadata" else as_list(value) for name, value in tree.items()}


def place(tree: Json, path: list[str], value: str) -> None:
    node = tree
    for part in path[:-1]:
        child = node.setdefault(part or str(len(node)), {})
        if not isinstance(child, dict):
            raise ApiError(f"Invalid parameter: {path[0]}", code="parameter_invalid", param=path[0])
        node = child
    node[path[-1] or str(len(node))] = value


def as_list(value: Any) -> Any:
    """A mapping whose keys are 0, 1, 2… was a list; metadata never is."""
    if not isinstance(value, dict):
        return value
    inner = {name: child if name == "metadata" else as_list(child) for name, child in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def public(value: Any) -> Any:
    """What leaves the house: names that begin with an underscore stay."""
    if isinstance(value, dict):
        return {name: public(child) for name, child in value.items() if not name.startswith("_")}
    if isinstance(value, list):
        return [public(child) for child in value]
    return value


def fetch(store: Store, kind: str, object_id: str, param: str = "id") -> Json:
    """The object. Raises ApiError (404, resource_missing) when there is none."""
    found = store.find(str(object_id), kind)
    if found is None:
        noun = kind.replace("checkout.", "checkout ").replace("_", " ")
        status = 404 if param == "id" else 400
        raise ApiError(f"No such {noun}: '{object_id}'", status=status, code="resource_missing", param=param)
    return found


def page_of(call: Call, rows: list[Json], url: str) -> Json:
    """One page of a list, newest first, with Stripe's cursors."""
    limit = call.integer("limit", 10)
    if not 1 <= limit <= 100:
        raise ApiError("Invalid limit: must be between 1 and 100.", code="parameter_invalid_integer", param="limit")
    after, before = call.params.get("starting_after"), call.params.get("ending_before")
    places = {row["id"]: place for place, row in enumerate(rows)}
    for cursor, name in ((after, "starting_after"), (before, "ending_before")):
        if cursor and cursor not in places:
            raise ApiError(f"No such object: '{cursor}'", code="resource_missing", param=name)
    if before:
        rest = rows[: places[before]]
        return envelope(rest[-limit:], url, len(rest) > limit)
    rest = rows[places[after] + 1 :] if after else rows
    return envelope(rest[:limit], url, len(rest) > limit)


def envelope(rows: list[Json], url: str, has_more: bool = False) -> Json:
    return {"object": "list", "url": url, "has_more": has_more, "data": rows}


def created_in(rows: list[Json], created: Any) -> list[Json]:
    """Rows whose `created` fits Stripe's {gt, gte, lt, lte} or an exact second."""
    if created is None:
        return rows
    if not isinstance(created, dict):
        return [row for row in rows if row["created"] == whole(created, "created")]
    tests: dict[str, Callable[[int, int], bool]] = {
        "gt": lambda a, b: a > b,
        "gte": lambda a, b: a >= b,
        "lt": lambda a, b: a < b,
        "lte": lambda a, b: a <= b,
    }
    edges = {name: whole(edge, "created") for name, edge in created.items() if name in tests}
    return [row for row in rows if all(tests[name](row["created"], edge) for name, edge in edges.items())]


def expand(store: Store, obj: Json, paths: Iterable[str]) -> Json:
    """Ids replaced by their objects along Stripe's dotted `expand` paths."""
    for path in paths:
        expand_path(store, obj, path.split("."))
    return obj


def expand_path(store: Store, node: Any, path: list[str]) -> None:
    if not path or node is None:
        return
    if isinstance(node, list):
        for child in node:
            expand_path(store, child, path)
        return
    head, rest = path[0], path[1:]
    if head not in node:
        raise ApiError(f"This property cannot be expanded ({head}).", code="parameter_invalid", param="expand")
    if isinstance(node[head], str):
        node[head] = store.find(node[head]) or node[head]
    expand_path(store, node[head], rest)
