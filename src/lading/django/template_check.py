"""The static paths in one template of Django's language, found by compiling it as its engine does."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

from django.template import Context, Engine, Node, NodeList
from django.template.base import (
    DebugLexer,
    FilterExpression,
    Origin,
    Parser,
    Token,
    TokenType,
    VariableNode,
)
from django.template.library import SimpleNode
from django.templatetags.static import PrefixNode, StaticNode

from lading.django.recording import recorded
from lading.django.uses import Use

OWN_TAGS = frozenset({"integrity", "module", "preload", "script", "stylesheet"})
"""The tags of ``{% load lading %}`` whose first argument is a static path."""

# All such tags: the module of the tag's function, and names.
_PATH_TAGS = {
    "lading.django.templatetags.lading": OWN_TAGS,
    "wagtail.admin.templatetags.wagtailadmin_tags": frozenset({"versioned_static"}),
}
_STATIC_PROCESSOR = "django.template.context_processors.static"
# What of the text after a tag still belongs to the URL.
_REST_OF_URL = re.compile(r"""(?:[^"'\s<>()?#&\\`|;{$]|\{(?![{%#])|\$(?!\{))*""")
# What goes on with a part of the URL that is only known when it is rendered; the end of a branch does not.
_DYNAMIC = re.compile(r"\{\{|\$\{|\{%\s*+(?!end|else|elif|empty|plural)")
_LONGEST_FORM = 100


def uses(source: str, file: str, engine: Engine) -> list[Use]:
    """The uses in the text of a template, in order.

    Raises whatever compiling raises: ``TemplateSyntaxError`` mostly, or anything that a tag raises.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the project sees them where the template is rendered
        parser = _Recorder(source, file, engine)
        parser.parse()
    return parser.uses


def lexed_uses(source: str, file: str) -> list[Use]:
    """The uses in a template that does not compile: every ``static`` tag with a plain literal."""
    found: list[Use] = []
    in_comment = False
    for token in DebugLexer(source).tokenize():
        if token.token_type is not TokenType.BLOCK:
            continue
        name, _, argument = token.contents.partition(" ")
        if name in ("comment", "endcomment"):
            in_comment = name == "comment"
        elif name == "static" and not in_comment:
            literal = re.match(r"""\s*(?:"([^"\\]*)"|'([^'\\]*)')(?=\s|$)""", argument)
            path = None if literal is None else literal[1] or literal[2] or ""
            found.append(_use(source, file, token, path, is_saved=" as " in argument))
    return found


class _Recorder(Parser):
    """Django's parser, which keeps a record of each node that names a static path. Hooking into it sees
    nodes at any depth, also those that a tag keeps where no walk over node lists would find them.
    """

    def __init__(self, source: str, file: str, engine: Engine) -> None:
        super().__init__(
            DebugLexer(source).tokenize(),
            engine.template_libraries,
            engine.template_builtins,
            Origin(file, file),
        )
        self.source, self.file, self.engine = source, file, engine
        self.uses: list[Use] = []
        self.prefix_variables = set[str]()
        if _STATIC_PROCESSOR in engine.context_processors:
            self.prefix_variables.add("STATIC_URL")

    def extend_nodelist(self, nodelist: NodeList, node: Node, token: Token) -> None:
        super().extend_nodelist(nodelist, node, token)
        if isinstance(node, StaticNode):
            self._record(token, self._path(node), is_saved=node.varname is not None)
        elif isinstance(node, SimpleNode):
            if node.func.__name__ in _PATH_TAGS.get(node.func.__module__, ()):
                path = node.args[0] if node.args else node.kwargs.get("path")
                if path is not None:
                    self._record(token, self._literal(path), is_saved=True)
        elif isinstance(node, PrefixNode):
            if cast("Any", node).name != "STATIC_URL":
                return
            if node.varname is not None:
                self.prefix_variables.add(str(node.varname))
            else:
                self._record(token, "", is_plain=True)
        elif isinstance(node, VariableNode) and self.prefix_variables:
            expression = node.filter_expression
            if expression.token in self.prefix_variables:
                self._record(token, "", is_plain=True)

    def _record(
        self, token: Token, path: str | None, *, is_saved: bool = False, is_plain: bool = False
    ) -> None:
        use = _use(self.source, self.file, token, path, is_saved=is_saved, is_plain=is_plain)
        if use.is_plain and use.continues and not use.after:
            use = _use(self.source, self.file, token, None, is_saved=True)
        if any(command == "if" for command, _ in self.command_stack):
            use = replace(use, is_conditional=True)
        self.uses.append(use)

    def _path(self, node: StaticNode) -> str | None:
        """What the tag gives to ``static()`` if that is known here."""
        path = self._literal(node.path)
        if path is None or type(node).url is StaticNode.url:
            return path
        with recorded() as asked, suppress(Exception):  # a tag like static that changes the path
            node.url(Context())
        return asked[0] if len(asked) == 1 else None

    def _literal(self, expression: FilterExpression) -> str | None:
        """The value of an expression that needs no context, as ``"css/"|add:"app.css"``."""
        filters = cast("Sequence[tuple[Any, Sequence[tuple[bool, Any]]]]", expression.filters)
        if expression.is_var or any(
            is_looked_up for _, args in filters for is_looked_up, _ in args
        ):
            return None
        try:
            return str(expression.resolve(Context()))
        except Exception:  # a filter's, which then fails in its own way when rendered
            return None


def _use(
    source: str,
    file: str,
    token: Token,
    path: str | None,
    *,
    is_saved: bool,
    is_plain: bool = False,
) -> Use:
    """``is_saved``: the tag writes no URL at its place, so that what follows does not belong to it."""
    start, end = cast("tuple[int, int]", token.position)
    line = token.lineno or 0
    form = " ".join(source[start:end].split())
    if len(form) > _LONGEST_FORM:
        form = f"{form[:_LONGEST_FORM]}…"
    column = start - source.rfind("\n", 0, start)
    if is_saved or path is None:
        return Use(form, file, line, column, path, is_plain=is_plain)
    rest = cast("re.Match[str]", _REST_OF_URL.match(source, end))
    continues = _DYNAMIC.match(source, rest.end()) is not None
    after = rest[0] if continues else rest[0].rstrip(".,:!")
    return Use(form, file, line, column, path, after, continues, is_plain)
