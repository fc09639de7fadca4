"""YAML as somebody wrote it: values that remember where they stand.

PyYAML's node graph becomes `Map`, `Items` and `Scalar`, a plain dict, list and str with a place each. A scalar keeps the
characters of the file: whether `3.10` is a number or a text is for the reader of that key to say (see `values`), so nothing
is lost to YAML's own guesses. Refused here: what no course file needs and much that hides a slip of the pen: duplicate keys,
keys that are no text, anchors, aliases, tags, merges, a second document, depth and size beyond a cap, and a pair of key and
value swallowed by a quote that was not closed.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, Final, Literal, Self

import yaml

from grader.errors import CourseError, Place, Problems
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.errors import GraderError
    from grader.language import Message

MAX_BYTES: Final = 512 * 2**10
MAX_DEPTH: Final = 12
MAX_NODES: Final = 20_000

Kind = Literal["str", "int", "float", "bool", "null", "timestamp"]
Path = tuple[str | int, ...]


class Scalar(str):  # noqa: SLOT000 - it carries its place
    """The characters of one value, what YAML takes them for, and where they stand."""

    place: Place
    kind: Kind
    is_plain: bool  # neither quoted nor a block

    @classmethod
    def of(cls, text: str, *, place: Place, kind: Kind, is_plain: bool) -> Self:
        scalar = cls(text)
        scalar.place, scalar.kind, scalar.is_plain = place, kind, is_plain
        return scalar


class Items(list["Tree"]):
    place: Place


class Map(dict[str, "Tree"]):
    place: Place
    keys_at: dict[str, Place]
    allowed: tuple[str, ...] = ()  # the keys its reader knows, for near matches

    def at(self, path: Path) -> Place:
        """Where the value at `path` stands, or the nearest thing above it that exists."""
        here: Tree = self
        for step in path:
            if isinstance(here, Map) and step in here:
                here = here[str(step)]
            elif isinstance(here, Items) and isinstance(step, int) and step < len(here):
                here = here[step]
        return here.place

    def key_at(self, path: Path) -> Place:
        """Where the key that ends `path` stands."""
        parent = self.under(path[:-1])
        return parent.keys_at.get(str(path[-1]), parent.place) if isinstance(parent, Map) else self.at(path)

    def under(self, path: Path) -> Tree:
        """The value at `path`, or the nearest above it that exists."""
        here: Tree = self
        for step in path:
            if isinstance(here, Map) and step in here:
                here = here[str(step)]
            elif isinstance(here, Items) and isinstance(step, int) and step < len(here):
                here = here[step]
        return here


Tree = Scalar | Items | Map


def near(word: str, options: Iterable[str]) -> str | None:
    """The option somebody probably meant, None when nothing is close."""
    by_key = {_key(option): option for option in sorted(options)}
    found = difflib.get_close_matches(_key(word), list(by_key), n=1, cutoff=0.6)
    return by_key[found[0]] if found else None


def _key(word: str) -> str:
    return word.casefold().replace("-", "_").replace(" ", "_")


def read(data: bytes, file: str, *, pairs: frozenset[str] = frozenset()) -> Map:
    """A file whose outermost value is a map. `pairs`: keys that inside a quoted text after a comma betray a missing quote.

    Raises Problems with every fault found, in file order.
    """
    tree = _Reader(_decoded(data, file), file, pairs).tree()
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
    file = ""

    def fault(self, event: yaml.Event, message: Message, remedy: Message | None = None) -> Problems:
        return Problems([CourseError(message, place=_place(self.file, event.start_mark), remedy=remedy)])

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
        if self.nodes > MAX_NODES:
            raise self.fault(
                event, say("There are more than {n} values in this file.", n=MAX_NODES), say("Make it smaller.")
            )
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Reader:
    """One file on its way from characters to a tree; collects what is wrong."""

    def __init__(self, text: str, file: str, pairs: frozenset[str]) -> None:
        self.text, self.file = text, file
        self.problems: list[GraderError] = []
        self.pair = re.compile(r"[,{\]}]\s*(" + "|".join(sorted(map(re.escape, pairs))) + r")\s*:\s") if pairs else None

    def tree(self) -> Tree:
        try:
            loader = _Loader(self.text)
            loader.file = self.file
            node = loader.get_single_node()
        except yaml.YAMLError as error:
            raise Problems([self._syntax(error)]) from error
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
        place = _place(self.file, node.start_mark)
        if isinstance(node, yaml.ScalarNode):
            self._swallowed(node)
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
        place = _place(self.file, node.start_mark)
        if not isinstance(node, yaml.ScalarNode):
            self._problem(place, say("A key must be a text."), say("Check brackets and braces."))
            return None
        self._swallowed(node)
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
        if node.style not in ("'", '"'):
            return
        raw = self.text[node.start_mark.index : node.end_mark.index]
        rest = raw.split("\n")[1:]
        line = node.start_mark.line + 1
        hidden = next((n for n, row in enumerate(rest, line + 1) if _looks_like_pair(row)), None)
        if hidden is None and self.pair and self.pair.search(raw):
            hidden = line
        if hidden is not None:
            self._problem(_place(self.file, node.start_mark), *_open_quote(hidden))

    def _syntax(self, error: yaml.YAMLError) -> CourseError:
        if isinstance(error, yaml.reader.ReaderError):
            before = self.text[: error.position]
            place = Place(self.file, before.count("\n") + 1, len(before) - before.rfind("\n"))
            return CourseError(
                say("A character that no text may hold (U+{code:04X}).", code=error.character),
                place=place,
                remedy=say("Remove it."),
            )
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = _place(self.file, mark) if mark else Place(self.file)
        problem = str(getattr(error, "problem", None) or error)
        quote = self._open_quote_before(mark.index if mark else len(self.text))
        if quote is not None:
            message, remedy = _open_quote(quote[1])
            return CourseError(message, place=quote[0], remedy=remedy)
        if (
            "end of stream" in problem
            and isinstance(error, yaml.MarkedYAMLError)
            and "quoted scalar" in str(error.context)
        ):
            place = _place(self.file, error.context_mark)
            return CourseError(
                say("The quote opened here is never closed."),
                place=place,
                remedy=say("Close it at the end of the text."),
            )
        if wide := self._wide_punctuation(place.line):
            message = say("`{mark}` is not the ASCII character YAML reads.", mark=wide[1])
            return CourseError(
                message, place=wide[0], remedy=say("Write it without wide punctuation, followed by a space.")
            )
        if mark and self.text[mark.index : mark.index + 1] == "?":
            message = say("Inside braces or brackets a `?` ends the text.")
            return CourseError(message, place=place, remedy=say("Quote the text."))
        if "could not find expected ':'" in problem and isinstance(error, yaml.MarkedYAMLError) and error.context_mark:
            place = _place(self.file, error.context_mark)
        for part, message, remedy in _SYNTAX:
            if part in problem:
                return CourseError(message, place=place, remedy=remedy)
        return CourseError(
            say("This is not YAML: {problem}.", problem=problem),
            place=place,
            remedy=say("Check indentation, quotes, brackets and the space after each colon."),
        )

    def _wide_punctuation(self, line: int) -> tuple[Place, str] | None:
        """Punctuation of a Chinese keyboard where YAML needs the ASCII one, on the line of an error or the one above."""
        rows = self.text.split("\n")
        for n in (line, line - 1):
            row = rows[n - 1] if 1 <= n <= len(rows) else ""
            if found := re.search(
                r"(?<=[\w.\]}'\"])[，：](?=\s*[\w'\"]+\s*[:：])|(?<=^)\s*[\w-]+(：)|[【】｛｝［］]", row
            ):
                at = found.start(1) if found[1] else found.start()
                return Place(self.file, n, at + 1), row[at]
        return None

    def _open_quote_before(self, end: int) -> tuple[Place, int] | None:
        """The last quoted text before `end` that runs over a line which looks like a pair: where, and that line."""
        found = None
        try:
            for token in yaml.scan(self.text, Loader=yaml.SafeLoader):
                if token.start_mark.index > end:
                    break
                if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
                    rows = self.text[token.start_mark.index : token.end_mark.index].split("\n")[1:]
                    hidden = [n for n, row in enumerate(rows, token.start_mark.line + 2) if _looks_like_pair(row)]
                    if hidden:
                        found = _place(self.file, token.start_mark), hidden[0]
        except yaml.YAMLError:
            pass  # the very fault being explained
        return found


def _looks_like_pair(row: str) -> bool:
    return re.match(r"\s*(- )?[{]?\s*[\w.-]+\s*:(\s|$)", row) is not None


def _open_quote(line: int) -> tuple[Message, Message]:
    return (
        say("The quote opened here swallows what looks like a key at line {line}.", line=line),
        say("Close the quote; a text that really holds such a line is written as a block: `key: |`."),
    )


def _order(problem: GraderError) -> Place:
    return problem.place or Place("")


def _place(file: str, mark: Any) -> Place:
    return Place(file, mark.line + 1, mark.column + 1)


_KINDS: Mapping[str, Kind] = {
    f"tag:yaml.org,2002:{name}": name for name in ("int", "float", "bool", "null", "timestamp")
}


def _kind(node: yaml.ScalarNode) -> Kind:
    return _KINDS.get(node.tag, "str")


def not_text(text: str, kind: Kind) -> tuple[Message, Message]:
    """Why an unquoted scalar is no text, and what to write instead."""
    quoted = "'" + text.replace("'", "''") + "'"
    if kind == "null":
        return say("A text is missing here."), say("Write a text; an empty one is ''.")
    if kind == "bool":
        return say("YAML reads `{text}` as yes or no, not as a text.", text=text), say(
            "Quote it: {quoted}", quoted=quoted
        )
    if kind == "timestamp":
        return say("YAML reads `{text}` as a date, not as a text.", text=text), say("Quote it: {quoted}", quoted=quoted)
    if ":" in text:
        return (
            say("YAML reads `{text}` as a number to the base 60, not as a text.", text=text),
            say("Quote it: {quoted}", quoted=quoted),
        )
    return say("YAML reads `{text}` as a number, not as a text.", text=text), say("Quote it: {quoted}", quoted=quoted)


_SYNTAX: tuple[tuple[str, Message, Message], ...] = (
    (
        "cannot start any token",
        say("This character cannot begin a value."),
        say("Indent with spaces, not tabs; quote a text that begins with %, @ or a backquote."),
    ),
    (
        "mapping values are not allowed",
        say("A second `key: value` where a value is already being read."),
        say("Quote a text that holds a colon followed by a space, or mend the indentation."),
    ),
    (
        "could not find expected ':'",
        say("A key without a colon."),
        say("Write `key: value` with the ASCII colon and a space."),
    ),
    (
        "but found another document",
        say("A second document begins here."),
        say("Remove the line `---`; a file holds one document."),
    ),
    (
        "expected ',' or",
        say("A comma or a closing bracket is missing before this."),
        say("Check commas, brackets and quotes on this line."),
    ),
    (
        "expected <block end>",
        say("This does not line up with what stands above it."),
        say("Give all keys of one map the same indentation, and check the quotes just before."),
    ),
)
