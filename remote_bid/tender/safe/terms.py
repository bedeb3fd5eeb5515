"""The safe's words: where an upload lies, what it may take, why it is refused."""

import errno
from typing import NamedTuple, NoReturn

import msgspec

from remote_bid.seal.envelope import Head
from remote_bid.timeline.context import Refused


class Key(NamedTuple):
    """Where an upload lies: names made with the server's secret, so the disk tells nobody whose it is."""

    session: str
    owner: str
    name: str


class Progress(NamedTuple):
    """How many bytes of an upload are safe, of how many."""

    offset: int
    length: int


class Measured(NamedTuple):
    """What the safe knows of an envelope without reading it again: its head, tree root (ct), length."""

    head: Head
    root: bytes
    length: int


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What may come in. `part` and `quota` are bytes: of one sealed part, of one person's uploads in one session."""

    part: int
    quota: int
    most: int
    """Uploads that one person may have in one session."""
    reserve: int
    """Bytes of the disk that stay free for the log."""


class NotThere(KeyError):
    """The safe holds nothing of this name, or nothing of yours: nobody learns which."""


def refuse_taken() -> NoReturn:
    """A name is written once."""
    raise Refused("name_taken", "同名文件已存在，内容不同。", "Another file has this name.")


def refuse_too_large(what: str, limit: int) -> NoReturn:
    """More than the limits allow."""
    raise Refused("too_large", f"文件超过大小限制（{limit} 字节）。", f"{what} may have {limit} bytes.")


def refuse_too_many(most: int) -> NoReturn:
    """More uploads than one person may have."""
    raise Refused("too_large", f"上传的文件不得超过 {most} 个。", f"You may have {most} uploads in a session.")


def refuse_full() -> NoReturn:
    """The disk, or its reserve."""
    raise Refused(
        "storage_full",
        "服务器存储空间不足，已上传的内容没有丢失，请稍后再试。",
        "The server's storage is full; what was uploaded is not lost. Try again later.",
    )


def refuse_away() -> NoReturn:
    """The object store does not answer, or not as it should."""
    raise Refused(
        "storage_away",
        "存储服务暂时不可用，已上传的内容没有丢失，请稍后再试。",
        "The storage service cannot be reached; what was uploaded is not lost. Try again later.",
    )


def refuse_offset(offset: int) -> NoReturn:
    """The piece does not begin where the last one ended."""
    raise Refused(
        "wrong_offset", f"应从第 {offset} 字节继续上传。", f"The upload goes on at byte {offset}; ask for its offset."
    )


def refuse_checksum() -> NoReturn:
    """The piece was changed on its way."""
    raise Refused("wrong_checksum", "校验和不符，本段未保存。", "The checksum does not match; the piece was not kept.")


def refuse_finished() -> NoReturn:
    """A whole envelope may be named by a bid: its owner cannot take it away."""
    raise Refused("upload_finished", "文件已上传完毕，不能删除。", "The upload is complete and cannot be taken away.")


def full(error: OSError) -> bool:
    """Whether there is no room left, as the kernel says it of disks, quotas and file sizes."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
