"""``{% load lading %}``: elements for static files with URL, integrity and nonce."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from lading.django import elements

register = template.Library()


@register.simple_tag
def integrity(path: str) -> str:
    """The value of an ``integrity`` attribute: ``<img src="{% static path %}" …>`` and the like."""
    return elements.integrity(path)


@register.simple_tag(takes_context=True)
def stylesheet(context: Context, path: str, **attributes: Any) -> SafeString:
    """``{% stylesheet "css/app.css" media="print" %}``"""
    return elements.stylesheet(path, elements.nonce_in(context), attributes)


@register.simple_tag(takes_context=True)
def script(context: Context, path: str, **attributes: Any) -> SafeString:
    """``{% script "js/app.js" defer=True data_theme="dark" %}``"""
    return elements.script(path, elements.nonce_in(context), attributes)


@register.simple_tag(takes_context=True)
def module(context: Context, path: str, **attributes: Any) -> SafeString:
    """``{% module "js/app.js" %}``"""
    return elements.module(path, elements.nonce_in(context), attributes)


@register.simple_tag(takes_context=True)
def preload(context: Context, path: str, **attributes: Any) -> SafeString:
    """``{% preload "fonts/inter.woff2" %}``"""
    return elements.preload(path, elements.nonce_in(context), attributes)


@register.simple_tag(takes_context=True)
def importmap(context: Context, *patterns: str) -> SafeString:
    """``{% importmap %}``, or ``{% importmap "js/app.js" %}`` for what that imports, before any module."""
    return elements.import_map(patterns, elements.nonce_in(context))
