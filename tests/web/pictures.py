"""Pictures of pages for README and guides: taken by the tests, when REMOTE_BID_PICTURES=1 asks for them."""

import os
from pathlib import Path

from playwright.async_api import Page

_FOLDER = Path(__file__).parents[2] / "docs/pictures"
_STILL = "*, *::before, *::after { transition: none !important; animation: none !important; caret-color: transparent; }"


async def picture(page: Page, name: str) -> None:
    """What the window shows now, as docs/pictures/NAME.png."""
    if os.environ.get("REMOTE_BID_PICTURES") == "1":
        await page.screenshot(path=_FOLDER / f"{name}.png", style=_STILL, scale="css")
