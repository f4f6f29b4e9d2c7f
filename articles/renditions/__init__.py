"""The copies of pictures that readers get: AVIF, WebP and JPEG, in sRGB, upright, saying whose they are and nothing of the camera."""

from . import description, rights
from .making import alone, make, path
from .opening import FORMATS, MOST_BYTES, Unreadable, check, plain, upright_size
from .recipe import CARD, KINDS, NAME, RATIOS, RECIPE, SHARE, WHOLE, WIDTHS, Rendition, cut_size, every, kinds_of, name_of, offered
from .rights import Rights

__all__ = [
    "CARD", "FORMATS", "KINDS", "MOST_BYTES", "NAME", "RATIOS", "RECIPE", "SHARE", "WHOLE", "WIDTHS", "Rendition", "Rights", "Unreadable",
    "alone", "check", "cut_size", "description", "every", "kinds_of", "make", "name_of", "offered", "path", "plain", "rights", "upright_size",
]  # fmt: skip
