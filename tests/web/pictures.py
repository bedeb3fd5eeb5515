"""Pictures of pages for README and guides: taken by the tests, when REMOTE_BID_PICTURES=1 asks for them."""

import os
from pathlib import Path

from playwright.async_api import Page

_FOLDER = Path(__file__).parents[2] / "docs/pictures"
_STILL = "*, *::before, *::after { transition: none !important; animation: none !important; caret-color: transparent; }"


_TO_THE_TOP = "for (const part of document.querySelectorAll('*')) part.scrollTop = 0"


async def picture(page: Page, name: str, from_the_top: bool = False) -> None:
    """What the window shows now, as docs/pictures/NAME.png."""
    if os.environ.get("REMOTE_BID_PICTURES") == "1":
        if from_the_top:
            await page.evaluate(_TO_THE_TOP)
        await page.screenshot(path=_FOLDER / f"{name}.png", style=_STILL, scale="css")
