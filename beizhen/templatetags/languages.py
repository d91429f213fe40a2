"""Lead from a page to the same page in another language."""

from typing import Any

from django import template

from beizhen.web_addresses import in_language

register = template.Library()


@register.simple_tag(takes_context=True)
def same_page_in(context: dict[str, Any], language: str) -> str:
    """This page with what was chosen on it, in `language`; `page_again` says where a page that was posted stands."""
    request = context.get("request")
    page = context.get("page_again") or (request.get_full_path() if request else "/")
    path, mark, chosen = str(page).partition("?")
    return in_language(path, language) + mark + chosen
