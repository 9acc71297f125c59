"""Tags of the scan pages' frame: the page's title in two places, icons, and what the scripts are told."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from inventory.enums import ScanOutcome
from inventory.scan.shell import shell_config

register = template.Library()


class RememberNode(template.Node):
    def __init__(self, nodelist: NodeList, name: FilterExpression) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: template.Context) -> SafeString:
        text = SafeString(self.nodelist.render(context).strip())
        context[self.name.resolve(context)] = text
        return text


@register.tag
def remember(parser: Parser, token: Token) -> RememberNode:
    """Show what is inside and keep it under a name: a block can be written once only, a title is needed twice."""
    try:
        _tag, name = token.split_contents()
    except ValueError as error:
        raise template.TemplateSyntaxError("remember takes one name") from error
    nodelist = parser.parse(("endremember",))
    parser.delete_first_token()
    return RememberNode(nodelist, parser.compile_filter(name))


@register.simple_tag(takes_context=True)
def scan_shell(context: template.Context) -> dict[str, Any]:
    """Who is signed in, addresses and texts, as `static/scan/scan.js` reads them."""
    user = None if context.get("nobody") else getattr(context.get("request"), "user", None)
    return shell_config(user, page=str(context.get("page", "")))


@register.simple_tag
def scan_icon(name: str) -> SafeString:
    """An icon of `static/scan/icons.svg`; outcomes have icons of their own name."""
    return _icon(str(name).lower())


@cache
def _icon(icon: str) -> SafeString:
    """There are few icons, and a page shows some of them forty times."""
    return format_html(
        '<svg class="icon icon-{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        icon,
        static("scan/icons.svg"),
        icon,
    )


@register.filter
def outcome_word(outcome: str) -> str:
    """The word beside the colour, for those who cannot tell green from red."""
    return str(ScanOutcome(outcome).label)
