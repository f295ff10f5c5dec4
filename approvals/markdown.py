"""Comments as people wrote them, in Markdown, made safe to show: what HTML they hold is text."""

from collections.abc import Iterable, Sequence

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

# No pictures: they would be fetched from other hosts. No headings: a page has its own.
TAGS = {
    "p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
    "table", "thead", "tbody", "tr", "th", "td", "span",
}  # fmt: skip
# "*" is empty: else nh3 lets titles and languages through on every tag
ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
MENTION = "mention"
_READER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
_READER.disable(["image", "heading", "lheading", "html_block", "html_inline"])


def html(text: str, mentioned: Iterable[str] = ()) -> SafeString:
    """Return a comment as HTML of a few harmless tags; the names of those mentioned are marked.

    Safe whatever stands in `text`: written by markdown-it without raw HTML, then cleaned by nh3 to the lists above.
    """
    tokens = _READER.parse(text)
    names = sorted(mentioned, key=len, reverse=True)
    for token in tokens:
        if token.children:
            token.children = _marked(token.children, names)
    written = _READER.renderer.render(tokens, _READER.options, {})
    cleaned = nh3.clean(
        written,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes={"span": {MENTION}},
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
    return SafeString(cleaned)


def excerpt(text: str, most: int = 90) -> str:
    """Return the beginning of a comment as plain words on one line."""
    words = (child.content for token in _READER.parse(text) for child in token.children or () if child.content)
    said = " ".join(" ".join(words).split())
    return said if len(said) <= most else f"{said[:most].rstrip()}…"


def _marked(tokens: Sequence[Token], names: Sequence[str]) -> list[Token]:
    found: list[Token] = []
    for token in tokens:
        found += _split(token.content, names) if token.type == "text" else [token]
    return found


def _split(text: str, names: Sequence[str]) -> list[Token]:
    """Return a text as tokens, each `@Name` in it one of its own."""
    for name in names:
        before, sign, after = text.partition(f"@{name}")
        if sign:
            opening = Token("mention_open", "span", 1, attrs={"class": MENTION})
            closing = Token("mention_close", "span", -1)
            return [*_split(before, names), opening, _text(sign), closing, *_split(after, names)]
    return [_text(text)] if text else []


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
