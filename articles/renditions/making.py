"""Making the copies of a picture, and where they are kept."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from PIL import Image as Pillow

from . import recipe
from .opening import plain, upright_size
from .rights import Rights, packet

LOCK = ".lock"
SETTINGS = {
    "avif": {"format": "AVIF", "quality": 62, "speed": 7, "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
    "jpg": {"format": "JPEG", "quality": 82, "optimize": True, "progressive": True},
}


def folder(short_id: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "renditions" / short_id


def path(short_id: str, name: str) -> Path:
    """Return where a copy is kept."""
    return folder(short_id) / name


@contextmanager
def alone(short_id: str) -> Iterator[None]:
    """Let one process at a time make the copies of a picture, so that those of an older state never come last."""
    folder(short_id).mkdir(parents=True, exist_ok=True)
    with path(short_id, LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make(original: IO[bytes], short_id: str, focal: tuple[float, float], rights: Rights) -> tuple[int, int]:
    """Write every copy of the picture in `original`, and remove what is left of older ones; return its upright width and height in pixels.

    The copies are in sRGB, which is what a file without a profile is on the web, and say whose they are and nothing else.
    """
    size = upright_size(original)
    original.seek(0)
    picture, said, names = plain(original), packet(rights), {LOCK}
    for copy in recipe.every(short_id, size):
        _write(_cut(picture, copy, focal), copy, said)
        names.add(copy.name)
    for old in folder(short_id).iterdir():
        if old.name not in names:
            old.unlink()
    return size


def _cut(picture: Pillow.Image, copy: recipe.Rendition, focal: tuple[float, float]) -> Pillow.Image:
    box = recipe.cut_box(picture.size, copy.shape, focal) if copy.shape else None
    return picture.resize((copy.width, copy.height), Pillow.Resampling.LANCZOS, box)


def _write(cut: Pillow.Image, copy: recipe.Rendition, said: bytes) -> None:
    """Write a copy beside its place and then put it there, so that nobody is ever sent half of one."""
    target = path(copy.short_id, copy.name)
    part = target.with_name(f"{copy.name}.part")
    cut.save(part, **SETTINGS[copy.kind], xmp=said)
    part.replace(target)
