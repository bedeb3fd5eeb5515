"""A closed session's documents: made once, sealed once, then given out as they are."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from remote_bid.paper.opening_sheets import NotOver, opening_sheets
from remote_bid.paper.seal_key import SealKey
from remote_bid.paper.sealing import sealed
from remote_bid.paper.sheet import Sheet
from remote_bid.paper.told import told
from remote_bid.paper.typeset import NoFont, typeset
from remote_bid.timeline import durable
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Folded


class Papers:
    """The documents of a deployment, kept in `folder` by session and name."""

    def __init__(self, folder: Path, key: Callable[[], SealKey], zone: ZoneInfo) -> None:
        self._folder, self._key, self._zone = folder, key, zone
        self._making = asyncio.Lock()

    async def of(self, folded: Folded, name: str) -> bytes:
        """The document of this name, sealed; refused while the session runs, and for an unknown name."""
        async with self._making:
            return await asyncio.to_thread(self._of, folded, name)

    def _of(self, folded: Folded, name: str) -> bytes:
        sheets = {sheet.name: sheet for sheet in self._sheets(folded)}
        if name not in sheets:
            raise Refused("no_such_paper", "没有这份文件。", f"There are {', '.join(sheets)}.")
        place = self._folder / folded.session.id / f"{name}.pdf"
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            durable.create(place, sealed(typeset_or_refused(sheets[name]), self._key()))
        return place.read_bytes()

    def _sheets(self, folded: Folded) -> list[Sheet]:
        try:
            return opening_sheets(told(folded), self._zone)
        except NotOver as error:
            raise Refused(
                "not_over", "开标尚未结束，文件稍后可取。", "The session is not over yet; its papers come after."
            ) from error


def typeset_or_refused(sheet: Sheet) -> bytes:
    """The sheet as a PDF; refused where no font has its signs."""
    try:
        return typeset(sheet)
    except NoFont as error:
        raise Refused("no_font", "服务器未安装中文字体，无法生成文件。", str(error)) from error
