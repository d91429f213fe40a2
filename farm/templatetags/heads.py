"""What the head of a page says to those who do not read it: search engines and messengers."""

from typing import Any

import orjson
from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


class Keep(template.Node):
    """Shows what stands in it, and keeps it under a name for the rest of the page."""

    def __init__(self, name: str, nodes: NodeList) -> None:
        self.name = name
        self.nodelist = nodes

    def render(self, context: template.Context) -> SafeString:
        context[self.name] = shown = self.nodelist.render(context)
        return shown


@register.tag
def keep(parser: Parser, token: Token) -> Keep:
    """`{% keep title %}…{% endkeep %}`: a block can be said once only, and what it says is needed twice."""
    _, name = token.split_contents()
    nodes = parser.parse(("endkeep",))
    parser.delete_first_token()
    return Keep(name, nodes)


@register.simple_tag
def structured(facts: dict[str, Any]) -> SafeString:
    """Facts in schema.org's words as JSON-LD, which no browser runs; nothing in them can end the element."""
    text = orjson.dumps({"@context": "https://schema.org", **facts}).decode()
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308
