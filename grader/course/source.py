"""YAML as somebody wrote it: values that remember where they stand.

PyYAML's node graph becomes `Map`, `Items` and `Scalar`, a plain dict, list and str with a place each. A scalar keeps the
characters of the file: whether `3.10` is a number or a text is for the reader of that key to say (see `values`), so nothing
is lost to YAML's own guesses. Refused here: what no course file needs and much that hides a slip of the pen: duplicate keys,
keys that are no text, anchors, aliases, tags, merges, a second document, depth and size beyond a cap, and a pair of key and
value swallowed by a quote that was not closed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from grader.course.syntax import explained, looks_like_pair, not_text, open_quote, place_of
from grader.course.tree import Items, Map, Scalar
from grader.errors import CourseError, Place, Problems
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.course.tree import Kind, Tree
    from grader.errors import GraderError
    from grader.language import Message

MAX_BYTES: Final = 512 * 2**10
MAX_DEPTH: Final = 12
MAX_NODES: Final = 20_000


def read(data: bytes, file: str, *, pairs: frozenset[str] = frozenset(), most: int = MAX_NODES) -> Map:
    """A file whose outermost value is a map. `pairs`: keys that inside a quoted text after a comma betray a missing quote;
    `most` values at all.

    Raises Problems with every fault found, in file order.
    """
    tree = _Reader(_decoded(data, file), file, pairs, most).tree()
    if isinstance(tree, Map):
        return tree
    remedy = say("Write one `key: value` a line.")
    if isinstance(tree, Scalar) and "：" in tree:
        remedy = say("The colon must be the ASCII one followed by a space, not the wide one.")
    elif isinstance(tree, Scalar) and re.match(r"\w+:\S", tree):
        remedy = say("A space is missing after the colon.")
    raise Problems([CourseError(say("A map of keys and values is expected here."), place=tree.place, remedy=remedy)])


def _decoded(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise Problems(
            [
                CourseError(
                    say("The file is larger than {n} kB.", n=MAX_BYTES // 1024),
                    place=Place(file),
                    remedy=say("Keep large texts in files of their own."),
                )
            ]
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        place = Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
        remedy = say("Save the file as UTF-8.")
        raise Problems([CourseError(say("This is not UTF-8."), place=place, remedy=remedy)]) from error
    return text.replace("\r\n", "\n")


class _Loader(yaml.SafeLoader):
    """Composes nodes; refuses what `read` refuses before recursion or memory can grow."""

    depth = 0
    nodes = 0
    most = MAX_NODES
    file = ""

    def fault(self, event: yaml.Event, message: Message, remedy: Message | None = None) -> Problems:
        return Problems([CourseError(message, place=place_of(self.file, event.start_mark), remedy=remedy)])

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise self.fault(
                event,
                say("Aliases (`*name`) are not allowed."),
                say("Write the value out, or quote the text if it should begin with `*`."),
            )
        if event.anchor is not None:
            raise self.fault(
                event,
                say("Anchors (`&name`) are not allowed."),
                say("Write the value out, or quote the text if it should begin with `&`."),
            )
        if event.tag is not None:
            raise self.fault(
                event,
                say("Tags (`{tag}`) are not allowed.", tag=str(event.tag).replace("tag:yaml.org,2002:", "!!")),
                say("Remove it, or quote the text if it should begin with `!`."),
            )
        self.depth += 1
        self.nodes += 1
        if self.depth > MAX_DEPTH:
            raise self.fault(
                event, say("This is nested more than {n} levels deep.", n=MAX_DEPTH), say("Write it flatter.")
            )
        if self.nodes > self.most:
            raise self.fault(
                event, say("There are more than {n} values in this file.", n=self.most), say("Make it smaller.")
            )
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Reader:
    """One file on its way from characters to a tree; collects what is wrong."""

    def __init__(self, text: str, file: str, pairs: frozenset[str], most: int) -> None:
        self.text, self.file, self.most = text, file, most
        self.problems: list[GraderError] = []
        self.pair = re.compile(r"[,{\]}]\s*(" + "|".join(sorted(map(re.escape, pairs))) + r")\s*:\s") if pairs else None

    def tree(self) -> Tree:
        try:
            loader = _Loader(self.text)
            loader.file, loader.most = self.file, self.most
            node = loader.get_single_node()
        except yaml.YAMLError as error:
            raise Problems([explained(self.text, self.file, error)]) from error
        except (ValueError, OverflowError) as error:  # an escape beyond the last character: PyYAML lets chr() say so
            message = say("This is not YAML: {problem}.", problem="\\U")
            raise Problems(
                [CourseError(message, place=Place(self.file), remedy=say("Write the character itself."))]
            ) from error
        if node is None:
            raise Problems(
                [
                    CourseError(
                        say("The file is empty."),
                        place=Place(self.file, 1, 1),
                        remedy=say("Write one `key: value` a line."),
                    )
                ]
            )
        tree = self._tree(node)
        if self.problems:
            raise Problems(sorted(self.problems, key=_order))
        return tree

    def _tree(self, node: yaml.Node) -> Tree:
        place = place_of(self.file, node.start_mark)
        if isinstance(node, yaml.ScalarNode):
            self._swallowed(node)
            self._printable(node)
            kind = _kind(node)
            return Scalar.of(node.value, place=place, kind=kind, is_plain=node.style is None)
        if isinstance(node, yaml.SequenceNode):
            items = Items(self._tree(child) for child in node.value)
            items.place = place
            return items
        assert isinstance(node, yaml.MappingNode)
        tree = Map()
        tree.place, tree.keys_at = place, {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            value = self._tree(value_node)
            if key is None:
                continue
            if key in tree:
                self._problem(
                    key.place,
                    say(
                        "The key `{key}` stands here twice; the first is at line {line}.",
                        key=key,
                        line=tree.keys_at[key].line,
                    ),
                    say("Remove one of them."),
                )
                continue
            tree[str(key)], tree.keys_at[str(key)] = value, key.place
        return tree

    def _key(self, node: yaml.Node) -> Scalar | None:
        place = place_of(self.file, node.start_mark)
        if not isinstance(node, yaml.ScalarNode):
            self._problem(place, say("A key must be a text."), say("Check brackets and braces."))
            return None
        self._swallowed(node)
        self._printable(node)
        kind = _kind(node)
        if kind == "str" and node.tag == "tag:yaml.org,2002:merge":
            self._problem(place, say("Merging with `<<` is not allowed."), say("Write the keys out."))
            return None
        if kind == "null":
            self._problem(place, say("A key is missing here."), say("Write `key: value`."))
            return None
        if kind != "str":
            self._problem(place, *not_text(node.value, kind))
            return None
        return Scalar.of(node.value, place=place, kind="str", is_plain=node.style is None)

    def _problem(self, place: Place, message: Message, remedy: Message | None = None) -> None:
        self.problems.append(CourseError(message, place=place, remedy=remedy))

    def _swallowed(self, node: yaml.ScalarNode) -> None:
        if node.style is None and node.value.endswith('"') and node.value.count('"') == 1:
            message = say("The quote that ends this text is opened nowhere.")
            self._problem(
                place_of(self.file, node.start_mark),
                message,
                say("Open it at the beginning, or put the whole text into single quotes."),
            )
        if node.style not in ("'", '"'):
            return
        raw = self.text[node.start_mark.index : node.end_mark.index]
        rest = raw.split("\n")[1:]
        line = node.start_mark.line + 1
        hidden = next((n for n, row in enumerate(rest, line + 1) if looks_like_pair(row)), None)
        if hidden is None and self.pair and self.pair.search(raw):
            hidden = line
        if hidden is not None:
            self._problem(place_of(self.file, node.start_mark), *open_quote(hidden))

    def _printable(self, node: yaml.ScalarNode) -> None:
        bad = next((c for c in node.value if c == "\x00" or 0xD800 <= ord(c) < 0xE000), None)
        if bad is not None:
            message = say("A character that no text may hold (U+{code:04X}).", code=ord(bad))
            self._problem(place_of(self.file, node.start_mark), message, say("Remove it."))


def _order(problem: GraderError) -> Place:
    return problem.place or Place("")


_KINDS: Mapping[str, Kind] = {
    f"tag:yaml.org,2002:{name}": name for name in ("int", "float", "bool", "null", "timestamp")
}


def _kind(node: yaml.ScalarNode) -> Kind:
    return _KINDS.get(node.tag, "str")
