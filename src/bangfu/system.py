"""What the system refuses, in words: what, where, and what to do about it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from bangfu.errors import BangfuError, WrongUse

_USE: dict[int, tuple[str, str]] = {
    errno.ENOENT: ("is not there; check the name", "不存在;请核对名称"),
    errno.EACCES: (
        "may not be read or written by you; ask for the right to it, or name another place",
        "您无权读写;请申请权限,或另选位置",
    ),
    errno.EPERM: ("may not be changed by you; name another place", "您无权更改;请另选位置"),
    errno.EROFS: ("lies on a read-only disk; name another place", "所在磁盘只读;请另选位置"),
    errno.EISDIR: ("is a folder, where a file is wanted", "是文件夹,此处需要文件"),
    errno.ENOTDIR: ("passes through something that is no folder", "路径中有一段不是文件夹"),
    errno.ENOTEMPTY: ("is not empty; name a new folder", "不是空文件夹;请另选一个新文件夹"),
    errno.EEXIST: ("exists already; name another place", "已存在;请另选位置"),
    errno.ENAMETOOLONG: ("is too long a name; give a shorter one", "名称过长;请改用较短的名称"),
    errno.ELOOP: ("is a link that leads back to itself; name the file itself", "是循环链接;请直接给出文件"),
    errno.ENXIO: (
        "is a device or pipe that cannot be opened; name a file",
        "是无法打开的设备或管道;请给出文件",
    ),
}
"""Refused for what was asked: another name or right mends it."""

_STATE: dict[int, tuple[str, str]] = {
    errno.ENOSPC: (
        "cannot be written: the disk is full; make room, or name a place on another disk",
        "无法写入:磁盘已满;请腾出空间,或另选其他磁盘",
    ),
    errno.EDQUOT: (
        "cannot be written: your share of the disk is used up; make room, or name another place",
        "无法写入:磁盘配额已用完;请腾出空间,或另选位置",
    ),
    errno.EFBIG: (
        "would be larger than this disk allows; name a place on another disk",
        "超过该磁盘允许的文件大小;请另选其他磁盘",
    ),
    errno.EMFILE: (
        "cannot be opened: too many files are open; close some, or raise the limit (ulimit -n)",
        "无法打开:打开的文件过多;请关闭一些,或提高上限(ulimit -n)",
    ),
    errno.EIO: (
        "cannot be read or written: the disk or the network fails; copy the file to another disk",
        "无法读写:磁盘或网络出错;请把文件复制到其他磁盘",
    ),
}
"""Refused for the state of the machine."""

_LONGEST = 300
"""Characters of a name that are printed."""

_MEMORY = (
    "memory is used up; close other programs, take fewer outcomes or covariates, or use a machine with more",
    "内存不足;请关闭其他程序、减少指标或分组变量,或换用内存更大的机器",
)
_TEXT = (
    "a name or text cannot be read or written in this encoding; set PYTHONUTF8=1, and save text files as UTF-8",
    "名称或文本与当前编码不符;请设置 PYTHONUTF8=1,文本文件请存为 UTF-8",
)
_DEEP = ("a file is nested too deeply to be read; make it again", "文件嵌套过深,无法读取;请重新生成")


def refused(error: BaseException, path: Path | None = None) -> BangfuError | None:
    """The message for an error of the system; ``None`` for any other error.

    Parameters
    ----------
    error : exception
    path : Path, optional
        Where, if the error does not know.
    """
    if isinstance(error, MemoryError):
        return BangfuError(*_MEMORY)
    if isinstance(error, UnicodeError):
        return BangfuError(*_TEXT)
    if isinstance(error, RecursionError):
        return BangfuError(*_DEEP)
    if not isinstance(error, OSError):
        return None
    named = error.filename if isinstance(error.filename, str | bytes) else path
    en, zh = ("what was asked for", "所需文件") if not named else (_short(os.fsdecode(named)),) * 2
    number = error.errno or 0
    if number in _USE:
        return WrongUse(f"{en} {_USE[number][0]}", f"{zh} {_USE[number][1]}")
    if number in _STATE:
        return BangfuError(f"{en} {_STATE[number][0]}", f"{zh} {_STATE[number][1]}")
    why = os.strerror(number) if number else type(error).__name__
    return BangfuError(
        f"{en}: the system refused ({why}); name another place, or try again",
        f"{zh}:系统拒绝({why});请另选位置或重试",
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..."
