"""A story as Markdown (CommonMark, with the tables of GitHub's)."""

from lxml.html import HtmlElement, tostring
from markdownify import ATX, MarkdownConverter


class _Converter(MarkdownConverter):
    convert_aside = MarkdownConverter.convert_blockquote  # Markdown has nothing nearer to a pull quote or a fact box

    def convert_img(self, el, text, parent_tags):
        """Escape the alternative text, which markdownify prints as it is."""
        el["alt"] = self.escape(el.get("alt", ""), parent_tags)
        return super().convert_img(el, text, parent_tags)

    def convert_a(self, el, text, parent_tags):
        """Encode the brackets of an address, which would end it."""
        if el.get("href"):
            el["href"] = el["href"].replace("(", "%28").replace(")", "%29")
        return super().convert_a(el, text, parent_tags)


def text(article: HtmlElement) -> str:
    """Return the article in Markdown; nothing that its words say is markup."""
    converter = _Converter(heading_style=ATX, bullets="-", escape_misc=True, sub_symbol="<sub>", sup_symbol="<sup>", autolinks=False)
    return converter.convert(tostring(article, encoding="unicode")).strip() + "\n"
