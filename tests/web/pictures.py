"""Pictures of pages, for people to look at: taken when a folder for them is named."""

import os
from pathlib import Path

from playwright.async_api import Page

_FOLDER = os.environ.get("REMOTE_BID_PICTURES", "")


async def picture(page: Page, name: str) -> None:
    """The whole page as it is now."""
    if _FOLDER:
        await page.screenshot(path=Path(_FOLDER) / f"{name}.png", full_page=True)
