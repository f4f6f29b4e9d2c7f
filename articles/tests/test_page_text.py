"""The shapes that the text of a page comes in, and the files that are no such page."""

import os
import random
import socket

import pytest

from articles.importers.base import ImportedStory, Refused
from articles.importers.page_text import MOST_BYTES, parse_byline, read
from articles.tests.build import CONSENT, NEWSLETTER, PAGE_PARAGRAPHS, page_text

BODY = "\n".join(f"<p>{paragraph}</p>" for paragraph in PAGE_PARAGRAPHS)


@pytest.fixture
def read_text(tmp_path):
    """Read a page from its text or bytes: the importer's one story."""

    def read_it(content: str | bytes) -> ImportedStory:
        path = tmp_path / "page.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        (story,) = read(path)
        return story

    return read_it


def paragraphs(story: ImportedStory) -> list[str]:
    return [line.removeprefix("<p>").removesuffix("</p>") for line in story.body.split("\n")]


def test_whole_page_is_read_without_its_furniture(read_text):
    text = page_text(caption="The Margaret Lyle at the quay", byline="By Ines Calloway (The Halyard)", topics=["Ferries", "Harbour dues"])

    story = read_text(text)

    assert story == ImportedStory(
        headline="Ferry late again",
        body=BODY,
        lead_caption="The Margaret Lyle at the quay",
        authors=("Ines Calloway",),
        source="The Halyard",
        topics=("Ferries", "Harbour dues"),
    )


def test_bare_page_has_neither_caption_nor_byline_nor_topics(read_text):
    assert read_text(page_text(newsletter="")) == ImportedStory(headline="Ferry late again", body=BODY)


def test_caption_over_two_lines_is_one_caption(read_text):
    story = read_text(page_text(caption="The Margaret Lyle\nat the quay"))

    assert (story.lead_caption, story.body) == ("The Margaret Lyle at the quay", BODY)


def test_headline_lines_may_touch_and_blank_lines_may_come_first(read_text):
    story = read_text("\n\n" + page_text().replace("Ferry late again\n\n", "Ferry late again\n", 1))

    assert (story.headline, story.lead_caption, story.body) == ("Ferry late again", "", BODY)


def test_headline_is_the_same_in_other_quotes_and_dashes(read_text):
    story = read_text(page_text("Mate’s ‘second engine’ – at last").replace("Mate’s ‘second engine’ – at", "Mate's 'second engine' - at", 1))

    assert story.headline == "Mate’s ‘second engine’ – at last"


def test_headline_is_the_same_whether_its_accents_are_composed_or_not(read_text):
    story = read_text("Re\u0301gate\n\nR\xe9gate\n\nThe fleet is out.")

    assert story == ImportedStory(headline="R\xe9gate", body="<p>The fleet is out.</p>")


# --- Bylines


@pytest.mark.parametrize(
    ("line", "authors", "source"),
    [
        ("By Ines Calloway", ["Ines Calloway"], ""),
        ("by Ines Calloway", ["Ines Calloway"], ""),
        ("By Ines Calloway (The Halyard)", ["Ines Calloway"], "The Halyard"),
        ("By Ines Calloway ( The Halyard/PNA )", ["Ines Calloway"], "The Halyard/PNA"),
        ("By Ines Calloway (", ["Ines Calloway"], ""),
        ("By Ines Calloway (The Hal", ["Ines Calloway"], ""),
        ("By Ines Calloway ()", ["Ines Calloway"], ""),
        ("By Ines Calloway and Tom Oake (The Halyard)", ["Ines Calloway", "Tom Oake"], "The Halyard"),
        ("By Ines Calloway, Tom Oake & Jun Sato", ["Ines Calloway", "Tom Oake", "Jun Sato"], ""),
        ("By Ines Calloway, Tom Oake, and Jun Sato", ["Ines Calloway", "Tom Oake", "Jun Sato"], ""),
        ("By Ines Calloway with Tom Oake", ["Ines Calloway", "Tom Oake"], ""),
        ("BY INES CALLOWAY AND TOM O'DOWD", ["Ines Calloway", "Tom O'Dowd"], ""),
        ("By Ines Calloway, The Upland Gazette", ["Ines Calloway"], "The Upland Gazette"),
        ("By our correspondent", [], ""),
        ("BY AGENCIES", [], ""),
        ("By Ines Calloway, Harbour Correspondent", ["Ines Calloway"], ""),
        ("By Ines Calloway in Port Sable", ["Ines Calloway"], ""),
        ("By Anders Brandt and Andy Sand", ["Anders Brandt", "Andy Sand"], ""),
        ("By Shin Hyon-hee (", ["Shin Hyon-hee"], ""),
        ("By Ludwig van der Meer", ["Ludwig van der Meer"], ""),
        ("By von Strand", ["von Strand"], ""),
        ("By Siti binti Ahmad", ["Siti binti Ahmad"], ""),
        ("By Layla al-Rashid and Guy d'Arcy", ["Layla al-Rashid", "Guy d'Arcy"], ""),
        ("By J. P. O’Dowd Jr. (The Halyard)", ["J. P. O’Dowd Jr."], "The Halyard"),
        ("By Sammy Oake Jr.", ["Sammy Oake Jr."], ""),
        ("By Jean-Luc D'Aubigny-Smith", ["Jean-Luc D'Aubigny-Smith"], ""),
        ("By Élodie Ångström", ["Élodie Ångström"], ""),
        ("By 신현희 (The Halyard)", ["신현희"], "The Halyard"),
        ("By रमेश कुमार", ["रमेश कुमार"], ""),
        ("By Plato", ["Plato"], ""),
    ],
)
def test_byline_gives_names_and_source(line, authors, source):
    assert parse_byline([line]) == (tuple(authors), source)


@pytest.mark.parametrize(
    "line",
    [
        "By noon it was over.",
        "By Friday, Port Sable and Hallow were cut off.",
        "By Friday Calloway Won.",
        "By 2030",
        "By George!",
        "By and by the fog lifted",
        "By the Harbour",
        "By-elections",
        "By",
        "By ()",
        "Bystanders Saw Nothing",
        "Ines Calloway",
    ],
)
def test_text_that_begins_with_by_is_no_byline(line):
    assert parse_byline([line]) is None


@pytest.mark.parametrize("byline", ["", "By Ines Calloway"])
def test_paragraphs_that_begin_with_by_stay_in_the_story(read_text, byline):
    copy = ("By Monday the queue reached the bridge.", "Nobody laughed.", "By Friday it was gone.")

    story = read_text(page_text(paragraphs=copy, byline=byline))

    assert paragraphs(story) == list(copy)
    assert story.authors == (("Ines Calloway",) if byline else ())


def test_name_alone_that_begins_with_by_is_a_byline_only_at_the_end(read_text):
    story = read_text(page_text(paragraphs=("The poster said:", "By Ines Calloway", "It was torn.")))

    assert (paragraphs(story), story.authors) == (["The poster said:", "By Ines Calloway", "It was torn."], ())


def test_byline_may_touch_the_line_under_it(read_text):
    story = read_text(page_text(byline="By Ines Calloway", topics=["Ferries"]).replace("Calloway\n\nMore", "Calloway\nMore"))

    assert (story.body, story.authors, story.topics) == (BODY, ("Ines Calloway",), ("Ferries",))


# --- "More about", and the topics under it


@pytest.mark.parametrize("purchase", [True, False])
@pytest.mark.parametrize("newsletter", [NEWSLETTER, ""])
def test_topics_are_read_whatever_follows_them(read_text, purchase, newsletter):
    text = page_text(byline="By Tom Oake", topics=["Ferries", "Port Sable", "Ferries", "Q&A"], purchase=purchase, newsletter=newsletter)

    story = read_text(text)

    assert (story.topics, story.authors, story.body) == (("Ferries", "Port Sable", "Q&A"), ("Tom Oake",), BODY)


def test_more_about_inside_a_sentence_is_text(read_text):
    copy = ("More about the ferry is on page 3.", "The mate wants to know more about", "More about: engines.", "He knows no more about.")

    assert paragraphs(read_text(page_text(paragraphs=copy))) == list(copy)


def test_more_about_as_a_subhead_is_text(read_text):
    copy = ("It began in March.", "More about", "The engine was built in Port Sable in 1988, and it was second-hand then.", "It is loud.")

    with_foot = read_text(page_text(paragraphs=copy, byline="By Tom Oake", topics=["Ferries"]))
    without_foot = read_text("Engines\n\nEngines\n\n" + "\n\n".join([*copy, "By Tom Oake"]))

    assert (paragraphs(with_foot), with_foot.topics) == (list(copy), ("Ferries",))
    assert (paragraphs(without_foot), without_foot.topics, without_foot.authors) == (list(copy), (), ("Tom Oake",))


@pytest.mark.parametrize("line", ["It is loud at night.", "“Is it loud at night?”", "Steam " * 14, "By Tom Oake"])
def test_line_that_is_no_topic_makes_more_about_a_subhead(read_text, line):
    text = page_text(paragraphs=("It began in March.", "More about", line.strip()), byline="By Jun Sato").replace(
        "\n\nMore about\n\nPurchase", "\n\nPurchase"
    )

    story = read_text(text)

    assert (paragraphs(story), story.authors, story.topics) == (["It began in March.", "More about", line.strip()], ("Jun Sato",), ())


def test_more_about_as_a_line_of_a_paragraph_is_text(read_text):
    story = read_text("Engines\n\nEngines\n\nThe mate knows\nMore about\nengines")

    assert (story.body, story.topics) == ("<p>The mate knows<br>More about<br>engines</p>", ())


# --- The site's furniture


@pytest.mark.parametrize("purchase", [True, False])
@pytest.mark.parametrize("newsletter", [NEWSLETTER, "Tern Post: what the harbour talks about, every Friday", "Your daily good stuff"])
def test_newsletter_of_any_name_is_left_out(read_text, purchase, newsletter):
    story = read_text(page_text(byline="By Tom Oake", purchase=purchase, newsletter=newsletter))

    assert (story.body, story.authors, story.topics) == (BODY, ("Tom Oake",), ())


@pytest.mark.parametrize(
    "foot", [f"{NEWSLETTER}\n\n{CONSENT}", NEWSLETTER, CONSENT, f"{NEWSLETTER}\n{CONSENT[:30]}", f"{NEWSLETTER}\n{CONSENT}\n\n\n"]
)
def test_newsletter_right_under_the_byline_is_left_out(read_text, foot):
    story = read_text("\n\n".join(["Engines", "Engines", *PAGE_PARAGRAPHS, "By Tom Oake", foot]))

    assert (story.body, story.authors) == (BODY, ("Tom Oake",))


def test_story_about_newsletters_keeps_its_text(read_text):
    copy = (
        "By signing up, you agree to our Privacy policy, the form says.",
        "The letter is delivered straight to your inbox",
        "By signing up to the new terms, the pilots ended their strike.",
    )

    story = read_text("\n\n".join(["Letters", "Letters", *copy]))

    assert paragraphs(story) == list(copy)


# --- How a file is written


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
def test_line_ends_and_encodings_make_no_difference(read_text, end, encoding):
    text = page_text(caption="Café at the quay", byline="By Tom Oake", topics=["Ferries"])
    marked = "\ufeff" * encoding.endswith("-bom") + text.replace("\n", end)

    assert read_text(marked.encode(encoding.removesuffix("-bom"))) == read_text(text)


def test_spaces_and_zero_widths_nobody_sees_make_no_difference(read_text):
    text = page_text(caption="At the quay", byline="By Tom Oake", topics=["Ferries"])
    unseen = (
        text.replace(" ", "\xa0 ")
        .replace("\n", " \u200b\t\n")
        .replace("quay", "qu\xaday")
        .replace("Ferr", "Fe\u2060rr\ufeff")
        .replace("Oake", "O\x08ake")
    )

    assert read_text(unseen) == read_text(text)


def test_markup_in_the_text_is_text(read_text):
    story = read_text(page_text(paragraphs=('<script>alert("x")</script> & <b>bold</b>', '<figure data-figure="2"></figure>')))

    assert story.body == (
        '<p>&lt;script&gt;alert("x")&lt;/script&gt; &amp; &lt;b&gt;bold&lt;/b&gt;</p>\n<p>&lt;figure data-figure="2"&gt;&lt;/figure&gt;</p>'
    )


def test_quotes_and_the_order_of_paragraphs_are_kept(read_text):
    copy = tuple(f'{number}: ‘so’ said “the mate” and "the purser\'s" – twice…' for number in range(40))

    assert paragraphs(read_text(page_text(paragraphs=copy))) == list(copy)


# --- Files that are no such page


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b" \n\r\n\t", "it is empty"),
        ("\ufeff\u200b\n".encode(), "it is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "it is not text in UTF-8"),
        (b"Ferry\n\nFerry\n\nLate\x00.", "it is not text: it holds NUL bytes"),
        ("Ferry\n\nFerry\n\nLate.".encode("utf-16-le"), "it is not text: it holds NUL bytes"),
        ("Café\n\nCafé\n\nLate.".encode("latin-1"), "it is not text in UTF-8"),
        (b"\xff\xfe\x00\xd8", "it is not text in UTF-8"),
        (b"Ferry late again", "it has no headline: a page begins with its headline, twice"),
        (b"Ferry late again\n\nThe ferry was late.", "it has no headline: a page begins with its headline, twice"),
        (b"Ferry late again\n\nFerry late again", "it has no text under the headline"),
        (page_text(paragraphs=()).encode(), "it has no text under the headline"),
        (page_text(caption="At the quay", paragraphs=(), byline="By Tom Oake").encode(), "it has no text under the headline"),
        (page_text(paragraphs=("\u200b",), purchase=False).encode(), "it has no text under the headline"),
        (page_text(paragraphs=("long " * MOST_BYTES,)).encode(), "it is larger than 300 KB, too large for one page"),
    ],
)
def test_file_that_is_no_page_is_refused_with_the_reason(read_text, content, reason):
    with pytest.raises(Refused) as refusal:
        read_text(content)

    assert str(refusal.value) == reason


def test_folder_pipe_and_socket_are_refused_without_waiting_for_them(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "socket"))
    reasons = []

    for path in (tmp_path, tmp_path / "pipe", tmp_path / "socket"):
        with pytest.raises(Refused) as refusal:
            list(read(path))
        reasons.append(str(refusal.value))
    listener.close()

    assert reasons == ["it is not a file that can be read"] * 3


def test_page_cut_or_garbled_anywhere_is_read_or_refused(tmp_path):
    chance, path = random.Random(5), tmp_path / "page.txt"  # noqa: S311  the same garbling every time
    page = page_text(caption="Café", byline="By Ines Calloway and Tom Oake (The Halyard)", topics=["Ferries"]).encode()
    pieces = [b"\n", b"\r", b"\x00", b"\xff", b"(", b")", b"By ", b"More about\n", b"\xe2\x80\x8b", b"&<", b"\x0c", CONSENT.encode()]
    outcomes = set()

    for number in range(600):
        spot = chance.randrange(len(page))
        path.write_bytes(
            page[:spot] if number % 2 else page[:spot] + chance.choice(pieces) * chance.randint(1, 3) + page[spot + chance.randint(0, 9) :]
        )
        try:
            (story,) = read(path)
            outcomes.add("read")
            assert (story.headline.strip(), story.body.startswith("<p>")) == (story.headline, True)
        except Refused:
            outcomes.add("refused")

    assert outcomes == {"read", "refused"}
