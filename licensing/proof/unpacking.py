"""The files of a package's ZIP, where every program that unpacks it finds the same: one that could mean two things is none of ours."""

import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from stat import S_IFMT, S_IFREG
from struct import unpack
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from .reading import NotGenuine

MOST_BYTES = 2_000_000_000
MOST_FILES = 10_000
LONGEST_DIRECTORY = MOST_FILES * 400  # bytes of the list of its files that a ZIP ends with
LOCAL_HEADER = "<4s5H3L2H"  # signature, version, flags, method, time, day, CRC, both sizes, the lengths of name and extra (APPNOTE 4.3.7)
ENCRYPTED, UTF_8 = 0x1, 0x800
USUAL_FLAGS = 0x6 | UTF_8  # how hard it was compressed, and how its name is written
HARMLESS = {0x000A, 0x5455, 0x5855, 0x7855, 0x7875, 0xCAFE}  # extra fields: moments and owners of files; no other name, no other size

Contents = dict[str, Callable[[], BinaryIO]]  # how to open each file of a package, by its name


def is_safe(name: str) -> bool:
    """Whether a file may have this name in a package: it stays inside of the folder, whatever system unpacks it."""
    parts = PurePosixPath(name).parts
    return bool(parts) and name == "/".join(parts) and ".." not in parts and name.isprintable() and not set(name) & set('\\:*?"<>|')


def in_zip(archive: ZipFile) -> Contents:
    """Return the files of a sealed ZIP, under their names inside of its one folder."""
    entries = [entry for entry in archive.infolist() if not _is_folder_of_files(entry, archive)]
    refuse_too_much(len(entries), sum(entry.file_size for entry in entries))
    contents, folders = {}, set()
    for entry in entries:
        folder, _, name = entry.filename.partition("/")
        if not is_safe(entry.orig_filename) or not name or entry.filename.endswith("/") or S_IFMT(entry.external_attr >> 16) not in {0, S_IFREG}:
            raise NotGenuine(f"The package holds a file whose name leads elsewhere: {entry.filename}")
        if name in contents:
            raise NotGenuine(f"The package holds {name} twice.")
        if entry.flag_bits & ENCRYPTED:
            raise NotGenuine("The package is encrypted. No package of ours is.")
        if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise NotGenuine("The package is compressed in a way that none of ours is.")
        contents[name] = lambda entry=entry: archive.open(entry)
        folders.add(folder)
    if len(folders) != 1:
        raise NotGenuine("The package does not hold one folder, as ours do.")
    _refuse_what_is_not_listed(archive)
    return contents


def _is_folder_of_files(entry: ZipInfo, archive: ZipFile) -> bool:
    """Whether an entry stands for a folder that files of the package lie in, as some programs write one."""
    return (
        entry.filename.endswith("/")
        and not entry.file_size
        and any(name.startswith(entry.filename) and not name.endswith("/") for name in archive.namelist())
    )


def _refuse_what_is_not_listed(archive: ZipFile) -> None:
    """Refuse a ZIP with anything between or behind its files: a program that unpacks as it reads would find what the list does not name."""
    end = 0
    for entry in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
        if entry.header_offset != end:
            break
        end = _start(archive, entry) + entry.compress_size
    if end != archive.start_dir:
        raise NotGenuine("The package holds more than its list of files names: something was added.")
    for entry in archive.infolist():
        if entry.compress_type == ZIP_DEFLATED:
            _refuse_longer(archive, entry)


def _start(archive: ZipFile, entry: ZipInfo) -> int:
    """Return where the content of a file begins; refuse a file that its own header and the list describe differently."""
    file = archive.fp
    file.seek(entry.header_offset)
    _, _, flags, method, _, _, checksum, packed, size, name_length, extra_length = unpack(LOCAL_HEADER, file.read(30))
    name, extra = file.read(name_length), file.read(extra_length)
    listed = (entry.flag_bits, entry.compress_type, entry.CRC, entry.compress_size, entry.file_size)
    written = entry.orig_filename.encode("utf-8" if entry.flag_bits & UTF_8 else "cp437")
    if (flags, method, checksum, packed, size) != listed or name != written or flags & ~USUAL_FLAGS or not _kinds(extra + entry.extra) <= HARMLESS:
        raise NotGenuine(f"The package says two things of {entry.filename}: programs would unpack it differently.")
    return entry.header_offset + 30 + name_length + extra_length


def _kinds(extra: bytes) -> set[int]:
    """Return what extra fields there are (APPNOTE 4.5)."""
    kinds = set()
    while len(extra) >= 4:
        kind, length = unpack("<HH", extra[:4])
        kinds.add(kind)
        extra = extra[4 + length :]
    return kinds


def _refuse_longer(archive: ZipFile, entry: ZipInfo) -> None:
    """Refuse a file whose compressed content ends before its place does, or holds more than the list says."""
    archive.fp.seek(_start(archive, entry))
    inflater, left, size = zlib.decompressobj(-zlib.MAX_WBITS), entry.compress_size, 0
    while left and not inflater.eof and size <= entry.file_size:
        piece = archive.fp.read(min(left, 65_536))
        left -= len(piece)
        size += len(inflater.decompress(piece))
    if left or inflater.unused_data or not inflater.eof or size != entry.file_size:
        raise NotGenuine(f"The package holds more of {entry.filename} than its list of files names: something was added.")


def refuse_endless_list(path: Path) -> None:
    """Refuse a ZIP whose list of files would fill the memory, before it is read: ours end without a comment, and none is a ZIP64."""
    with path.open("rb") as file:
        file.seek(-min(42, path.stat().st_size), 2)
        end = file.read()
    if end[-22:-18] != b"PK\5\6" or end[:4] == b"PK\6\7" or int.from_bytes(end[-10:-6], "little") > LONGEST_DIRECTORY:
        raise NotGenuine("The package does not end as ours do: it is incomplete, or something else.")


def refuse_too_much(files: int, size: int) -> None:
    """Refuse a package of more files or bytes than any of ours, before it is read."""
    if files > MOST_FILES or size > MOST_BYTES:
        raise NotGenuine("The package is larger than any of ours.")
