"""What a licensee gets: which files, and of the story what was licensed and nothing else."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest

from licensing import package
from licensing.tests.facts import BODY, make_facts, make_figure, make_originals, make_picture, make_snapshot

TEXTS = ["READ-ME-FIRST.txt", "story.docx", "story.html", "story.md", "story.ninjs.json", "story.txt"]
LINE = "First published by The Halyard, 29 September 2019. Republished under licence K7M4-2QX3."


def words_of(files: dict[str, bytes]) -> dict[str, str]:
    """Return the text of each file, with the marks of Markdown and JSON that escape a character taken away; of the .docx, its XML."""
    words = {name: content.decode() for name, content in files.items() if name.endswith((".txt", ".html", ".md", ".json"))}
    with ZipFile(BytesIO(files["story.docx"])) as word:
        words["story.docx"] = "".join(word.read(name).decode() for name in word.namelist() if name.endswith((".xml", ".rels")))
    return {name: text.replace("\\", "") for name, text in words.items()}


@pytest.fixture
def left_out():
    """A picture that is not licensed, with words that could leak."""
    figure = make_figure(3, caption="Caption-not-licensed")
    return figure | {"picture": figure["picture"] | {"alt_text": "Alternative-not-licensed", "credit": "Credit-not-licensed", "short_id": "secret3"}}


def test_licence_of_a_story_with_pictures_is_a_file_of_each_kind():
    files = package.files(make_facts(), make_snapshot(), make_originals())

    assert sorted(files) == [*TEXTS[:1], "pictures/1.jpg", "pictures/2.jpg", "pictures/4.jpg", *TEXTS[1:]]


def test_same_licence_gives_the_same_bytes():
    originals = make_originals()

    assert package.files(make_facts(), make_snapshot(), originals) == package.files(make_facts(), make_snapshot(), originals)


@pytest.mark.parametrize("name", ["story.docx", "story.html", "story.md", "story.txt"])
def test_every_format_of_the_text_carries_the_whole_story(name):
    text = words_of(package.files(make_facts(), make_snapshot(), make_originals()))[name]

    told = [
        ">Ferries<" if name in {"story.docx", "story.html"} else "Ferries",
        "Eleven minutes late, and for ever",
        "For 58 years she was the reason",
        "By Ines Calloway and Tobias Renn",
        "Pictures by Owen Strand",
        "BRACKWATER",
        "Seo-yeon Kang (강서연), who had put money on twelve",
        "A line of 18 March 1974 reads “مرحبا بالعالم”",
        "eleven minutes late. (Photo: Owen Strand / The Halyard)",
        "(Photo: Layla Haddad (ليلى حداد))",
        "was never once right",
        "Correction, 2 October 2019: The ferry was sold for 1 crown.",
        LINE,
        "https://halyard.example/2019/09/29/margaret-lyle-last-crossing/",
    ]
    assert [words for words in told if words not in text] == []


def test_picture_that_is_not_licensed_leaves_no_trace(left_out):
    story = make_snapshot(figures=[make_figure(1, is_lead=True), make_figure(2), left_out, make_figure(4)])

    files = package.files(make_facts(), story, make_originals(secret3=b"its file"))

    for name, text in words_of(files).items():
        assert "not-licensed" not in text, name
        assert "secret3" not in text, name
        assert "pictures/3" not in text, name
        assert "data-figure" not in text, name
    assert "1 picture of the story is not part of this licence." in files["READ-ME-FIRST.txt"].decode()


def test_lead_that_is_not_licensed_leaves_no_trace():
    story = make_snapshot(figures=[make_figure(1, is_lead=True, caption="Caption-not-licensed"), make_figure(2)])

    files = package.files(make_facts(pictures=(make_picture(2),)), story, make_originals())

    assert "not-licensed" not in "".join(words_of(files).values())
    assert files["story.txt"].decode().count("[Picture: ") == 1


def test_pictures_stand_where_the_story_has_them_the_lead_on_top_and_those_placed_nowhere_at_the_end():
    text = package.files(make_facts(), make_snapshot(), make_originals())["story.txt"].decode()

    order = [
        "BRACKWATER",
        "pictures/1.jpg",
        "At 17.41 on Sunday",
        "teaching the crew",
        "pictures/2.jpg",
        "I never learned",
        "washed it off",
        "pictures/4.jpg",
    ]
    assert sorted(order, key=text.index) == order


def test_story_without_pictures_and_byline_is_packed_too():
    files = package.files(make_facts(pictures=()), make_snapshot(byline=[], figures=[], kicker="", dateline="", standfirst="", corrections=[]), {})

    assert sorted(files) == TEXTS
    assert "The byline" not in files["READ-ME-FIRST.txt"].decode()
    assert "The story has none." in files["READ-ME-FIRST.txt"].decode()
    assert "<figure" not in files["story.html"].decode()
    assert "byline" not in files["story.html"].decode()
    assert "Corrections" not in files["story.txt"].decode()


EXCERPTS = [
    (27, "At 17.41 on Sunday the Margaret Lyle did what she had done 62,000 times, and left Brackwater late."),
    (18, "At 17.41 on Sunday the Margaret Lyle did what she had done 62,000 times, and left Brackwater late."),
    (5, "At 17.41 on Sunday the…"),
    (45, "who had put money on twelve. Her father, 강민호, kept the log before her."),
]


@pytest.mark.parametrize(("most_words", "end"), EXCERPTS)
def test_excerpt_ends_within_its_words_at_a_sentence_where_there_is_one(most_words, end):
    files = package.files(make_facts(most_words=most_words, pictures=()), make_snapshot(figures=[]), {})

    body = files["story.txt"].decode().split("BRACKWATER\n\n")[1].split("\n\nCorrections")[0]
    assert body.endswith(end)
    assert len(body.split()) <= most_words
    assert "Every crossing" not in body
    assert '"representationType": "partial"' in files["story.ninjs.json"].decode()
    for name, text in words_of(files).items():
        assert "excerpt" in text, name
        assert "The council sold her" not in text, name


def test_excerpt_takes_whole_blocks_and_no_heading_at_its_end():
    first, second, third = "<p>One two three.</p>", "<h2>Four five</h2>", "<p>Six seven eight nine.</p>"
    story = make_snapshot(body=first + second + third, figures=[])

    texts = [package.files(make_facts(most_words=most, pictures=()), story, {})["story.html"].decode() for most in (3, 5, 8, 9)]

    assert ["Four five" in text for text in texts] == [False, False, False, True]
    assert ["nine" in text for text in texts] == [False, False, False, True]
    assert ["excerpt" in text for text in texts] == [True, True, True, False]


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("<p>One <em>two three</em> four five.</p>", "<p>One <em>two three…</em></p>"),
        ("<ul><li>One</li><li>Two three four</li><li>Five</li></ul>", "Two three…"),
        ("<h2>One</h2><p>Two three four five.</p>", "<p>Two three…</p>"),
        ("<p>「하나 둘」 셋 넷 다섯</p>", "<p>「하나 둘」 셋…</p>"),
        ("<p>船は出た。港は静か。</p>", "<p>船は出…</p>"),
    ],
)
def test_first_block_that_is_too_long_is_cut_within_its_markup(body, kept):
    html = package.files(make_facts(most_words=3, pictures=()), make_snapshot(body=body, figures=[]), {})["story.html"].decode()

    assert kept in html
    assert "This is an excerpt." in html
    assert "five" not in html.split("<footer>")[0].lower()


def test_pictures_of_an_excerpt_are_all_there():
    files = package.files(make_facts(most_words=20), make_snapshot(), make_originals())

    assert files["story.html"].decode().count("<img") == 3


def test_read_me_tells_how_to_publish():
    text = package.files(make_facts(), make_snapshot(), make_originals())["READ-ME-FIRST.txt"].decode()

    told = [
        *TEXTS[1:],
        "pictures/1.jpg, 240 by 160 pixels",
        LINE,
        "By Ines Calloway and Tobias Renn; Pictures by Owen Strand",
        '<link rel="canonical" href="https://halyard.example/2019/09/29/margaret-lyle-last-crossing/">',
        '<meta name="robots" content="noindex">',
        "South Korea",
        "1 March 2027, that day included",
        "Up to 50,000 readers a month",
        "https://halyard.example/licences/K7M4-2QX3/",
        "python manage.py verify_licence licence.jws --keys jwks.json",
        "(Photo: Layla Haddad (ليلى حداد))",
    ]
    assert [words for words in told if words not in text] == []


def test_read_me_counts_the_pictures_that_are_not_licensed_each_once():
    again = make_figure(3) | {"position": 5}
    story = make_snapshot(figures=[make_figure(1, is_lead=True), make_figure(2), make_figure(3), again, make_figure(4, picture=None)])

    text = package.files(make_facts(pictures=(make_picture(1),)), story, make_originals())["READ-ME-FIRST.txt"].decode()

    assert "2 pictures of the story are not part of this licence." in text


def test_read_me_of_a_licence_without_end_says_so():
    text = package.files(make_facts(ends_on=None, may_translate=False), make_snapshot(), make_originals())["READ-ME-FIRST.txt"].decode()

    assert "Until         without end" in text
    assert "Translation   not allowed" in text


def test_original_that_is_missing_or_cut_off_is_refused_by_its_name():
    for lost in (b"", make_originals()["pict0r2"][:2000]):
        with pytest.raises(package.DamagedPicture, match=r"Picture 2 \(pict0r2\)"):
            package.files(make_facts(), make_snapshot(), make_originals(pict0r2=lost))


def test_free_story_can_be_pasted_with_its_free_pictures_named():
    html, text = package.copy_and_paste(make_snapshot(), "First published by The Halyard.", "https://halyard.example/a/?b&c", ["pict0r2"])

    place = "[Picture: Seo-yeon Kang (강서연) with the log that her father kept: “every crossing, every fog” (Photo: Layla Haddad (ليلى حداد))]"
    for copied in (html, text):
        assert copied.count("[Picture: ") == 1
        assert place in copied
        assert "Port Merrow Museum" not in copied
        assert "First published by The Halyard." in copied
        assert "By Ines Calloway and Tobias Renn" in copied
    assert "<img" not in html
    assert html.startswith("<article>")
    assert '<a href="https://halyard.example/a/?b&amp;c">' in html
    assert "The council sold her" in text


def test_free_picture_without_a_caption_is_named_by_what_is_seen():
    story = make_snapshot(figures=[make_figure(1, is_lead=True, caption=""), make_figure(2, picture=None)])

    _, text = package.copy_and_paste(story, "Credit.", "https://halyard.example/", ["pict0r1"])

    assert "[Picture: A white ferry with a red funnel turning in a narrow harbour (Photo: Owen Strand / The Halyard)]" in text


def test_body_is_sanitised_again_so_that_a_revision_tampered_with_carries_no_script():
    story = make_snapshot(
        body=BODY + '<script>alert(1)</script><p onclick="alert(1)"><img src=x onerror=alert(1)><a href="javascript:alert(1)">Tide</a></p>'
    )

    files = package.files(replace(make_facts(), pictures=()), story, {})

    assert "alert" not in "".join(words_of(files).values())
    assert files["story.txt"].decode().split("nobody had washed it off.\n\n")[1].startswith("Tide\n\nCorrections")
