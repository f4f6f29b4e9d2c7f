"""The page that tells a licensee what is in the package and how to publish it."""

from licensing.facts import LicenceFacts

from .pictures import PackedPicture
from .scope import scope
from .story import Copy, caption_line

FILES = [
    ("story.docx", "the story for a word processor or a layout, with styles and the pictures"),
    ("story.html", "the story as a web page that stands alone"),
    ("story.md", "the story in Markdown"),
    ("story.txt", "the story as plain text"),
    ("story.ninjs.json", "the story for a newsroom system that reads ninjs 3.1"),
    ("licence.pdf", "your licence, to read and to file"),
    ("licence.jws", "your licence, signed, for machines"),
    ("manifest.json", "a list of these files with their fingerprints"),
    ("manifest.jws", "the same, signed"),
]
TEXT = """\
{headline}
Licence {reference}, from {licensor} to {licensee}


WHAT YOU HAVE

{files}


WHAT YOU MAY DO

{scope}

The terms: {terms_url}


WHAT MUST STAND WITH THE STORY

This line, as it is:

    {credit_line}

{byline}The credit of each picture, with the picture.{correction}
Your own records should keep the licence's reference, {reference}.


IF YOU PUBLISH IT ONLINE

Link the credit line to the original:

    {story_url}

and set these two lines into the head of your page, so that search engines keep the original as the original:

    <link rel="canonical" href="{story_url}">
    <meta name="robots" content="noindex">

story.html has them already.


THE PICTURES

{pictures}


TO MAKE SURE

The licence can be looked up at any time, by anybody: {url}

It can be checked without us too, with the public keys of this newspaper and its software.
Save the keys beside this package today, as jwks.json:

    {keys_url}

Where the ZIP file that this package came in is named instead of licence.jws, every file in it is checked:

    python manage.py verify_licence licence.jws --keys jwks.json
"""


def text(facts: LicenceFacts, copy: Copy, pictures: list[PackedPicture], left_out: int) -> str:
    """Return READ-ME-FIRST.txt; `left_out` is how many of the story's pictures are not licensed."""
    files = [*FILES[:5], *((packed.name, "a picture, at full size") for packed in pictures), *FILES[5:]]
    return TEXT.format(
        headline=copy.headline,
        reference=facts.reference,
        licensor=facts.licensor,
        licensee=facts.licensee,
        files=_table(files),
        scope=_table(scope(facts)) + ("\n\nThe files hold an excerpt of the story, as licensed." if copy.is_excerpt else ""),
        terms_url=facts.terms_url,
        keys_url=f"{facts.licensor_url}.well-known/jwks.json",
        credit_line=copy.credit_line,
        byline=f"The byline:\n\n    {'; '.join(copy.bylines)}\n\n" if copy.bylines else "",
        correction="\nThe corrections below the story." if copy.corrections else "",
        story_url=copy.story_url,
        pictures="\n\n".join([*map(_picture, pictures), *_left_out(len(pictures), left_out)]),
        url=facts.url,
    )


def _table(rows: list[tuple[str, str]]) -> str:
    width = max(len(name) for name, _ in rows) + 3
    return "\n".join(f"{name:{width}}{words}" for name, words in rows)


def _picture(packed: PackedPicture) -> str:
    words = caption_line(packed.picture.caption, packed.picture.credit)
    return f"{packed.name}, {packed.width} by {packed.height} pixels\n    {words}".rstrip()


def _left_out(here: int, left_out: int) -> list[str]:
    if left_out == 0:
        return [] if here else ["The story has none."]
    if left_out == 1:
        return ["1 picture of the story is not part of this licence. Please do not take it from our pages."]
    return [f"{left_out} pictures of the story are not part of this licence. Please do not take them from our pages."]
