"""A story as a Word document: named styles, real lists, tables and links, the pictures in their places."""

from collections.abc import Iterator
from datetime import UTC
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils.encoding import iri_to_uri
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml.html import HtmlElement
from PIL import Image as Pillow

from articles import renditions
from licensing.facts import LicenceFacts

from . import blocks
from .characters import one_space
from .language import direction, language_tag
from .pictures import PackedPicture
from .story import Copy

STYLES = {"h1": "Title", "h2": "Heading 2", "h3": "Heading 3", "figcaption": "Caption"}
CLASSES = ("kicker", "standfirst", "byline", "dateline", "correction", "excerpt", "credit-line", "original")  # of paragraphs: styles of their own
BOLD, ITALIC = {"kicker", "byline", "credit-line"}, {"standfirst", "excerpt"}
FONTS = {"strong": "bold", "em": "italic", "sup": "superscript", "sub": "subscript"}
LISTS = {"ul": "List Bullet", "ol": "List Number"}
MOST_PIXELS = (1600, 1600)  # the pictures at full size are beside the document
MOST_HEIGHT = Mm(160)
PIXEL = Emu(9525)  # 96 to the inch
MOST_PROPERTY = 255  # characters
BREAK = "\n"


def document(facts: LicenceFacts, copy: Copy, article: HtmlElement, pictures: list[PackedPicture], language: str) -> bytes:
    """Return the .docx file; the same story gives the same bytes."""
    word = Document()
    _set_up(word, language)
    about = word.core_properties
    about.title, about.author = copy.headline[:MOST_PROPERTY], copy.by[:MOST_PROPERTY]
    about.comments, about.last_modified_by = copy.credit_line[:MOST_PROPERTY], facts.licensor[:MOST_PROPERTY]
    about.language = language_tag(language)
    about.created = about.modified = facts.issued_at.astimezone(UTC)
    _Writer(word, pictures).write(word, article)
    saved, file = BytesIO(), BytesIO()
    word.save(saved)
    with ZipFile(saved) as clocked, ZipFile(file, "w") as plain:
        for name in clocked.namelist():
            plain.writestr(ZipInfo(name), clocked.read(name), ZIP_DEFLATED)
    return file.getvalue()


def _set_up(word, language: str) -> None:
    """Set the paper, the language and its direction, and the styles that Word does not have."""
    page, styles = word.sections[0], word.styles
    page.page_width, page.page_height = Mm(210), Mm(297)
    stated = next(styles.element.iter(qn("w:lang")))
    for script in ("w:val", "w:eastAsia", "w:bidi"):
        stated.set(qn(script), language_tag(language))
    if direction(language) == "rtl":
        styles["Normal"].element.get_or_add_pPr().append(OxmlElement("w:bidi"))
    for name in CLASSES:
        own = styles.add_style(_style_of(name), WD_STYLE_TYPE.PARAGRAPH)
        own.base_style, own.font.bold, own.font.italic = styles["Normal"], name in BOLD or None, name in ITALIC or None
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.underline, link.font.color.rgb = True, RGBColor(0x05, 0x63, 0xC1)


def _style_of(name: str) -> str:
    return name.replace("-", " ").title()


class _Writer:
    """Writes HTML into a document, or into a cell of one of its tables."""

    def __init__(self, word, pictures: list[PackedPicture]):
        self.word = word
        self.pictures = {packed.name: packed for packed in pictures}

    def write(self, into, element: HtmlElement, style: str = "", depth: int = 0, bold: bool = False) -> None:
        for block in blocks.flow(element):
            if block.tag in blocks.SECTIONS:
                self.write(into, block)
            elif block.tag == "blockquote":
                self.write(into, block, "Quote", depth)
            elif block.tag == "aside":
                self._aside(into, block, depth)
            elif block.tag in LISTS:
                self._list(into, block, depth + 1)
            elif block.tag == "table":
                self._table(into, block)
            elif block.tag == "figure":
                self._figure(block)
            elif block.tag == "hr":
                into.add_paragraph("* * *", style or None)
            else:
                named = STYLES.get(block.tag) or _style_of(block.get("class", "")) or style
                _fill(into.add_paragraph(style=named or None), block, bold)

    def _aside(self, into, element: HtmlElement, depth: int) -> None:
        """Write a pull quote in its own style, and a fact box as one: a table of one cell."""
        if element.get("class") == "pull":
            self.write(into, element, "Intense Quote", depth)
            return
        box = into.add_table(1, 1)
        box.style = "Table Grid"
        self._fill_cell(box.cell(0, 0), element)

    def _fill_cell(self, cell, element: HtmlElement, bold: bool = False) -> None:
        self.write(cell, element, bold=bold)
        if len(cell.paragraphs) > 1:  # a cell is made with one that is empty
            cell._tc.remove(cell.paragraphs[0]._p)

    def _list(self, into, items: HtmlElement, depth: int) -> None:
        level = f" {min(depth, 3)}" if depth > 1 else ""
        numbering = self._new_numbering(LISTS["ol"] + level) if items.tag == "ol" else None
        for item in items.iterchildren("li"):
            first = len(into.paragraphs)
            self.write(into, item, f"List Continue{level}", depth)
            for paragraph in into.paragraphs[first : first + 1]:
                paragraph.style = LISTS[items.tag] + level
                if numbering:
                    paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = numbering

    def _new_numbering(self, style: str) -> int:
        """Return the id of a numbering like that of the style which begins at 1."""
        definitions = self.word.part.numbering_part.element
        like = definitions.num_having_numId(self.word.styles[style].element.pPr.numPr.numId.val)
        numbering = definitions.add_num(like.abstractNumId.val)
        numbering.add_lvlOverride(ilvl=0).add_startOverride(1)
        return numbering.numId

    def _table(self, into, element: HtmlElement) -> None:
        rows = blocks.rows(element)
        places = _places(rows)
        columns = max((column + wide for _, column, _, wide, _ in places), default=1)
        table = into.add_table(len(rows), columns)
        table.style = "Table Grid"
        grid = [row.cells for row in table.rows]
        for row, column, high, wide, cell in places:
            self._fill_cell(grid[row][column].merge(grid[row + high - 1][column + wide - 1]), cell, bold=cell.tag == "th")

    def _figure(self, element: HtmlElement) -> None:
        page = self.word.sections[0]
        packed = self.pictures[element.find("img").get("src")]
        width = min(page.page_width - page.left_margin - page.right_margin, packed.width * PIXEL, MOST_HEIGHT * packed.width // packed.height)
        paragraph = self.word.add_paragraph()
        shape = paragraph.add_run().add_picture(_for_reading(packed.content), width=Emu(width))
        shape._inline.docPr.set("descr", element.find("img").get("alt"))
        paragraph.paragraph_format.keep_with_next = True
        self.write(self.word, element)


def _places(rows: list[list[HtmlElement]]) -> list[tuple[int, int, int, int, HtmlElement]]:
    """Return (row, column, rows, columns, cell) for each cell of a table, laid out as a browser does, none over another."""
    places, taken = [], set()
    for row, cells in enumerate(rows):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            high, wide = min(int(cell.get("rowspan", 1)), len(rows) - row), 1
            while wide < int(cell.get("colspan", 1)) and (row, column + wide) not in taken:
                wide += 1
            taken |= {(row + down, column + across) for down in range(high) for across in range(wide)}
            places.append((row, column, high, wide, cell))
            column += wide
    return places


def _for_reading(content: bytes) -> BytesIO:
    """Return the picture upright, in sRGB and no larger than a page shows."""
    picture = renditions.plain(BytesIO(content))
    picture.thumbnail(MOST_PIXELS, Pillow.Resampling.LANCZOS)
    file = BytesIO()
    picture.save(file, "JPEG", quality=85)
    file.seek(0)
    return file


def _fill(paragraph: Paragraph, element: HtmlElement, bold: bool) -> None:
    begins = True
    for text, tags, address in _spans(element, {"strong"} if bold else set()):
        words = text if text == BREAK and "br" in tags else one_space(text)
        words = words.lstrip(" ") if begins else words
        if words:
            begins = words.endswith((" ", BREAK))
            _format(paragraph.add_run(words), tags, address)


def _spans(element: HtmlElement, tags: set[str], address: str = "") -> Iterator[tuple[str, set[str], str]]:
    """Yield (text, the tags that it stands in, the address that it links to)."""
    yield BREAK if element.tag == "br" else element.text or "", tags, address
    for child in element:
        yield from _spans(child, tags | {child.tag}, child.get("href", address))
        yield child.tail or "", tags, address


def _format(run: Run, tags: set[str], address: str) -> None:
    for tag, property_of_font in FONTS.items():
        if tag in tags:
            setattr(run.font, property_of_font, True)
    if address:
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), run.part.relate_to(iri_to_uri(address), RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        run._r.addprevious(link)
        link.append(run._r)
        run.style = "Hyperlink"
