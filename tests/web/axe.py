"""What axe-core finds wrong on a page: WCAG 2.1, A and AA."""

from pathlib import Path
from typing import Any

from playwright.async_api import Page

_AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
_RUN = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"


async def violations(page: Page) -> list[str]:
    """Every rule that is broken, with the elements that break it."""
    await page.emulate_media(reduced_motion="reduce")  # what is still fading in has not its own contrast yet
    await page.evaluate(_AXE.read_text())
    found: dict[str, Any] = await page.evaluate(_RUN)
    return [f"{broken['id']}: {[node['html'] for node in broken['nodes']]}" for broken in found["violations"]]
