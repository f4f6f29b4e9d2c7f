"""The story as a Word document, opened by LibreOffice."""

import re
import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree
from lxml import html as lxml_html
from PIL import Image as Pillow

from licensing import package
from licensing.tests.facts import PRINTABLE, make_facts, make_figure, make_hostile, make_originals, make_picture, make_snapshot, picture_of
from licensing.tests.programs import needed

LISTS = "<ol><li>one<ol><li>deeper</li><li>still</li></ol></li><li><p>two</p><p>more of two</p></li></ol><p>Then</p><ol><li>one again</li></ol>"
TABLE = (
    '<table><tr><td rowspan="2">a</td><td colspan="2">b</td></tr><tr><td>c</td><td><table><tr><td>d</td></tr></table></td></tr>'
    '<tr><td colspan="60">e</td><td rowspan="50">f</td></tr></table>'
)
OVERLAP = '<table><tr><td>g</td><td rowspan="2">h</td></tr><tr><td colspan="2">i</td></tr></table>'
LINK = '<p> <a href="https://a.example/강 b">there</a></p>'
MARKS = re.compile(r"[•◦▪]|(?<=\n)\s*\d+\.\s")  # that LibreOffice writes before items


def stories() -> dict[str, dict[str, bytes]]:
    """Return the files of several licences by a name."""
    facts, hostile = make_hostile()
    bare = make_snapshot(byline=[], figures=[], kicker="", dateline="", standfirst="", corrections=[], body="")
    names = [{"author": "x", "name": name, "role": "WRITER"} for name in ("강" * 300, "ليلى " * 60)]
    odd = make_snapshot(body=LISTS + TABLE + OVERLAP + LINK + "<hr><p><sup>1</sup> a<br>b</p><h3>Last</h3>", byline=names, headline="강" * 300)
    turned = Pillow.Exif()
    turned[0x0112] = 6
    alone, two = make_facts(pictures=(make_picture(1),)), make_facts(pictures=(make_picture(1), make_picture(2)))
    large = {"pict0r1": picture_of(size=(2400, 300)), "pict0r2": picture_of("PNG", "RGBA", size=(300, 2400))}
    return {
        "whole": package.files(make_facts(), make_snapshot(), make_originals()),
        "hostile": package.files(facts, hostile, make_originals()),
        "bare": package.files(make_facts(pictures=()), bare, {}),
        "odd": package.files(make_facts(pictures=(), licensor="강" * 300, source="강" * 300), odd, {}),
        "arabic": package.files(make_facts(pictures=()), make_snapshot(body="<p>مرحبا بالعالم</p>"), {}, language="ar"),
        "large": package.files(two, make_snapshot(), large),
        "turned": package.files(alone, make_snapshot(figures=[make_figure(1)]), {"pict0r1": picture_of(exif=turned)}),
    }


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Return (the files, what LibreOffice read in them as text, the same as a flat OpenDocument) of each story by its name."""
    soffice, folder, packages = needed("soffice"), tmp_path_factory.mktemp("word"), stories()
    for name, files in packages.items():
        (folder / f"{name}.docx").write_bytes(files["story.docx"])
    for kind in ("txt:Text (encoded):UTF8", "fodt"):
        command = [soffice, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", kind, "--outdir", folder]
        subprocess.run([*command, *sorted(folder.glob("*.docx"))], check=True, capture_output=True, timeout=300)
    return {name: (files, (folder / f"{name}.txt").read_text("utf-8-sig"), _flat(folder / f"{name}.fodt")) for name, files in packages.items()}


def _flat(path: Path) -> etree._Element:
    return etree.fromstring(path.read_bytes(), etree.XMLParser(huge_tree=True))


def found(document: etree._Element, path: str) -> list:
    return document.xpath(path, namespaces={prefix: uri for prefix, uri in document.nsmap.items() if prefix})


def text_of(element: etree._Element) -> str:
    return "".join(element.itertext())


def style_of(document: etree._Element, words: str) -> str:
    """Return the name of the style of the paragraph that begins so; where its style is made for it alone, of that which it comes from."""
    [paragraph] = [element for element in found(document, "//text:p | //text:h") if text_of(element).startswith(words)]
    [name] = found(paragraph, "@text:style-name")
    parents = found(document, f"//office:automatic-styles/style:style[@style:name='{name}']/@style:parent-style-name")
    return (parents or [name])[0].replace("_20_", " ").replace("_2d_", "-")


def spans_of(document: etree._Element, look: str) -> list[str]:
    """Return the words of the body that look so: raised ("super"), lowered ("sub"), "italic" or "bold"."""
    shape = f"starts-with(@style:text-position, '{look}') or @fo:font-style = '{look}' or @fo:font-weight = '{look}'"
    names = found(document, f"//office:automatic-styles/style:style[@style:family='text'][style:text-properties[{shape}]]/@style:name")
    return [text_of(span) for span in found(document, "//text:span") if found(span, "@text:style-name")[0] in names and text_of(span)]


def size_of(frame: etree._Element) -> tuple[float, float]:
    """Return the width and height of a picture on the page, in inches."""
    return tuple(float(found(frame, f"@svg:{side}")[0].removesuffix("in")) for side in ("width", "height"))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", MARKS.sub("", text))


@pytest.mark.parametrize("name", ["whole", "hostile", "bare", "arabic", "large", "turned"])
def test_document_says_what_the_web_page_says(opened, name):
    files, text, _ = opened[name]

    page = lxml_html.document_fromstring(files["story.html"].decode())
    assert squeezed(text) == squeezed("\n" + page.find("body").text_content())


def test_parts_of_the_story_have_styles_of_their_own(opened):
    _, _, document = opened["whole"]

    styles = {
        "Ferries": "Kicker",
        "Eleven minutes late": "Title",
        "For 58 years": "Standfirst",
        "By Ines": "Byline",
        "BRACKWATER": "Dateline",
        "Every crossing": "Heading 2",
        "“I never learned": "Quote",
        "The Margaret Lyle leaves": "caption",
        "the bell": "List Bullet",
        "and its twin": "List Bullet 2",
        "Corrections": "Heading 2",
        "Correction, 2": "Correction",
        "First published": "Credit Line",
    }
    assert {words: style_of(document, words) for words in styles} == styles


def test_links_tables_and_raised_digits_are_real(opened):
    _, _, document = opened["whole"]

    assert found(document, "//text:a/@xlink:href") == [
        "https://museum.port-merrow.example/ferries?room=2&floor=1",
        "https://halyard.example/2019/09/29/margaret-lyle-last-crossing/",
    ]
    rows = [[text_of(cell).strip() for cell in found(row, "table:table-cell")] for row in found(document, "//table:table-row")]
    assert [len(found(cell, "text:p")) for cell in found(document, "//table:table-cell")] == [1] * 8
    assert rows == [["Decade", "Tonnes of oil", "CO2, kg"], ["1970s", "19,400", "6.1 × 107"], ["1980s", "not kept"]]
    looks = {"super": ["7"], "sub": ["2"], "italic": ["Margaret Lyle"], "bold": ["Decade", "Tonnes of oil", "CO", "2", ", kg", "Mind your head"]}
    assert {look: spans_of(document, look) for look in looks} == looks


def test_paragraph_does_not_begin_with_a_space(opened):
    assert "\nthere\n" in opened["odd"][1].replace("\r", "")


def test_address_of_a_link_has_only_characters_that_word_takes(opened):
    with ZipFile(BytesIO(opened["odd"][0]["story.docx"])) as word:
        assert b'Target="https://a.example/%EA%B0%95%20b"' in word.read("word/_rels/document.xml.rels")


def test_pictures_are_in_the_document_with_their_alternative_text(opened):
    _, _, document = opened["whole"]

    frames = found(document, "//draw:frame[draw:image/office:binary-data]")
    assert [text_of(found(frame, "svg:desc")[0]) for frame in frames] == [picture.alt_text for picture in make_facts().pictures]
    assert [size_of(frame) for frame in frames] == [pytest.approx((2.5, 1.67), abs=0.02)] * 3


def test_pictures_that_are_larger_than_the_page_are_made_to_fit_it(opened):
    files, _, document = opened["large"]

    wide, tall = (size_of(frame) for frame in found(document, "//draw:frame[draw:image]"))
    assert wide == pytest.approx((8.27 - 2 * 1.25, (8.27 - 2 * 1.25) / 8), abs=0.02)  # inches
    assert tall == pytest.approx((6.3 / 8, 6.3), abs=0.02)
    with ZipFile(BytesIO(files["story.docx"])) as word, Pillow.open(word.open("word/media/image1.jpg")) as picture:
        assert picture.size == (1600, 200)


def test_picture_that_lay_on_its_side_stands_upright_in_the_document(opened):
    files, _, document = opened["turned"]

    [frame] = found(document, "//draw:frame[draw:image]")
    width, height = size_of(frame)
    assert round(width / height, 2) == round(160 / 240, 2)
    with ZipFile(BytesIO(files["story.docx"])) as word, Pillow.open(word.open("word/media/image1.jpg")) as picture:
        assert picture.size == (160, 240)


def test_properties_tell_title_author_and_language(opened):
    _, _, document = opened["whole"]

    assert found(document, "//office:meta/dc:title/text()") == [make_facts().headline]
    assert found(document, "//office:meta/meta:initial-creator/text()") == ["Ines Calloway and Tobias Renn; Pictures by Owen Strand"]
    assert found(document, "//office:meta/dc:language/text()") == ["en-GB"]
    assert datetime.fromisoformat(found(document, "//office:meta/meta:creation-date/text()")[0]).replace(tzinfo=UTC) == make_facts().issued_at


def test_document_in_a_language_written_from_the_right_runs_from_the_right(opened):
    _, _, document = opened["arabic"]

    assert found(document, "//style:style[@style:name='Standard']/style:paragraph-properties/@style:writing-mode") == ["rl-tb"]
    assert found(document, "//office:meta/dc:language/text()") == ["ar"]


def test_markup_in_any_field_is_text_in_the_document(opened):
    _, _, document = opened["hostile"]

    title = [text_of(element) for element in found(document, "//text:p") if text_of(element) == PRINTABLE]
    assert len(title) >= 5  # kicker, headline, standfirst, dateline, body
    assert found(document, "//svg:desc") != []
    assert text_of(found(document, "//svg:desc")[0]) == PRINTABLE


def test_numbers_of_a_list_begin_at_one_again(opened):
    _, text, _ = opened["odd"]

    lines = [line.strip() for line in text.splitlines()]
    numbered = [line for line in lines if re.match(r"\d+\.\s", line)]
    assert [re.sub(r"\s+", " ", line) for line in numbered] == ["1. one", "1. deeper", "2. still", "2. two", "1. one again"]
    assert "more of two" in lines


def test_cells_that_span_and_tables_in_tables_keep_their_words(opened):
    _, text, document = opened["odd"]

    rows = [
        [text_of(cell).strip() for cell in found(row, "table:table-cell")] for row in found(document, "//office:text/table:table/table:table-row")
    ]
    assert [[cell for cell in row if cell] for row in rows] == [["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"], ["i"]]
    assert "1 a\nb\nLast" in "\n".join(line.strip() for line in text.splitlines() if line.strip())


def test_very_long_names_are_whole_in_the_text_and_cut_in_the_properties(opened):
    _, text, document = opened["odd"]

    assert "강" * 300 in text
    assert ("ليلى " * 60).strip() in text
    assert len(found(document, "//office:meta/dc:title/text()")[0]) == 255


def test_pdf_of_the_document_has_its_words(opened, tmp_path):
    (tmp_path / "story.docx").write_bytes(opened["whole"][0]["story.docx"])
    command = [needed("soffice"), "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf", "--outdir", tmp_path]
    subprocess.run([*command, tmp_path / "story.docx"], check=True, capture_output=True, timeout=300)

    text = subprocess.run([needed("pdftotext"), "-layout", tmp_path / "story.pdf", "-"], check=True, capture_output=True).stdout.decode()
    assert "First published by The Halyard, 29 September 2019." in re.sub(r"\s+", " ", text)
    assert "강서연" in text
