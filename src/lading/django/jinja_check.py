"""The static paths in one Jinja2 template, found in its syntax tree."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from jinja2 import Environment, nodes

from lading.django import template_check
from lading.django.uses import Use


def uses(source: str, file: str, environment: Environment) -> list[Use]:
    """The uses in the text of a template, in order: calls of ``static`` and of ``url_for("static", …)``,
    and filters named ``static``.

    Raises ``jinja2.TemplateSyntaxError``.
    """
    tree = environment.parse(source, None, file)
    lines = re.split(r"\r\n|\r|\n", source)  # as Jinja2 counts them
    context = nodes.EvalContext(environment)
    found: list[Use] = []
    for node in tree.find_all((nodes.Call, nodes.Filter)):
        argument = _argument(node, environment)
        if argument is not None:
            found.append(_use(argument, node.lineno, file, lines, context))
    found.sort(key=lambda use: (use.line, use.column))
    return found


def _argument(node: nodes.Expr, environment: Environment) -> nodes.Expr | None:
    """The expression that the node passes to ``static()``, or ``None`` if it does not."""
    if isinstance(node, nodes.Filter):
        return node.node if node.name == "static" else None
    if not isinstance(node, nodes.Call):
        return None
    if _is_static(node.node, environment):
        return node.args[0] if node.args else None
    if isinstance(node.node, nodes.Name) and node.node.name == "url_for" and node.args:
        endpoint = node.args[0]
        if isinstance(endpoint, nodes.Const) and endpoint.value == "static":
            keywords = {keyword.key: keyword.value for keyword in node.kwargs}
            return keywords.get("filename") or keywords.get("path")
    return None


def _is_static(called: nodes.Expr, environment: Environment) -> bool:
    """Whether the called thing is ``static``, by its name or as a global of the environment (``static``,
    ``staticfiles_storage.url`` or that method under another name).
    """
    if isinstance(called, nodes.Name):
        known: Any = environment.globals.get(called.name)
        return called.name == "static" or known is static or _is_url_method(known) or _is_own(known)
    if isinstance(called, nodes.Getattr) and isinstance(called.node, nodes.Name):
        known = environment.globals.get(called.node.name)
        return called.attr == "url" and known is staticfiles_storage
    return False


def _is_own(known: Any) -> bool:
    """Whether it is a function of ``lading.django.jinja`` that takes a path."""
    modules = ("lading.django.jinja", "lading.django.elements")
    return (
        getattr(known, "__module__", "") in modules
        and getattr(known, "__name__", "") in template_check.OWN_TAGS
    )


def _is_url_method(known: Any) -> bool:
    return getattr(known, "__name__", "") == "url" and getattr(known, "__self__", None) in (
        staticfiles_storage,
        getattr(staticfiles_storage, "_wrapped", None),
    )


def _use(
    argument: nodes.Expr, line: int, file: str, lines: list[str], context: nodes.EvalContext
) -> Use:
    try:
        value: Any = argument.as_const(context)
    except Exception:  # nodes.Impossible, or what a filter raises
        return Use("static(…)", file, line, 0, None)
    if not isinstance(value, str):
        return Use("static(…)", file, line, 0, None)
    # Nodes of Jinja2 know their lines only.
    column = lines[line - 1].find(value) if 0 < line <= len(lines) and value else -1
    return Use(f"static({value!r})", file, line, max(column, 0), value)
