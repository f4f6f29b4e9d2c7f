"""Which copies of a picture there are: their names, shapes and sizes."""

from typing import NamedTuple

from newsroom.addresses import address_of

RECIPE = 1  # one more when pictures are to be made anew; copies of an older recipe are shown until then, so names stay
KINDS = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}  # the best first
WHOLE, CARD, SHARE = "", "3x2", "share"
RATIOS = {CARD: (3, 2), SHARE: (1200, 630), "16x9": (16, 9), "4x3": (4, 3), "1x1": (1, 1)}
WIDTHS = {WHOLE: (480, 960, 1600), CARD: (320, 640, 960), SHARE: (1200,), "16x9": (1200,), "4x3": (1200,), "1x1": (1200,)}  # pixels
FOR_READERS = (WHOLE, CARD)  # in all kinds; the others, for machines, in JPEG alone
MOST_HEIGHT = 4  # times the width, of a copy of a whole picture
NAME = rf"(?:(?:{'|'.join(RATIOS)})-)?[0-9]{{3,4}}\.(?:{'|'.join(KINDS)})"  # such as 960.jpg, 3x2-640.webp, share-1200.jpg


class Rendition(NamedTuple):
    """A copy of a picture: the width that its name promises, and its true size, which is less where the picture is smaller."""

    short_id: str  # the picture's
    shape: str
    step: int  # pixels
    kind: str
    width: int  # pixels
    height: int

    @property
    def name(self) -> str:
        return name_of(self.step, self.shape, self.kind)

    @property
    def url(self) -> str:
        return address_of("articles:picture", self.short_id, self.name)

    @property
    def content_type(self) -> str:
        return KINDS[self.kind]


def name_of(step: int, shape: str = WHOLE, kind: str = "jpg") -> str:
    return f"{shape}-{step}.{kind}" if shape else f"{step}.{kind}"


def kinds_of(shape: str) -> tuple[str, ...]:
    return tuple(KINDS) if shape in FOR_READERS else ("jpg",)


def offered(short_id: str, size: tuple[int, int], shape: str = WHOLE, kind: str = "jpg") -> list[Rendition]:
    """Return the copies in a shape and a kind of a picture of `size` pixels, the narrowest first: there is one at least, and none is blown up."""
    if kind not in kinds_of(shape):
        return []
    across, down = cut_size(size, shape)
    steps = [step for step in WIDTHS[shape] if step <= across] or WIDTHS[shape][:1]
    return [Rendition(short_id, shape, step, kind, *_fitted(across, down, step)) for step in steps]


def every(short_id: str, size: tuple[int, int]) -> list[Rendition]:
    """Return all copies of a picture of `size` pixels."""
    return [copy for shape in WIDTHS for kind in kinds_of(shape) for copy in offered(short_id, size, shape, kind)]


def cut_size(size: tuple[int, int], shape: str) -> tuple[int, int]:
    """Return the largest size, in pixels, of that shape in a picture of `size`."""
    if not shape:
        return size
    (width, height), (across, down) = size, RATIOS[shape]
    if width * down <= height * across:
        return width, max(1, round(width * down / across))
    return max(1, round(height * across / down)), height


def cut_box(size: tuple[int, int], shape: str, focal: tuple[float, float]) -> tuple[float, float, float, float]:
    """Return the part of a picture of `size` that is shown in a shape: as near to the focal point (0 to 1, from the left and the top) as it fits."""
    wanted = cut_size(size, shape)
    left, top = (min(max(at * whole - part / 2, 0), whole - part) for at, whole, part in zip(focal, size, wanted, strict=True))
    return left, top, left + wanted[0], top + wanted[1]


def _fitted(across: int, down: int, step: int) -> tuple[int, int]:
    scale = min(1, step / across, MOST_HEIGHT * step / down)
    return max(1, round(across * scale)), max(1, round(down * scale))
