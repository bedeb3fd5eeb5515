"""What axe-core finds wrong on a page: WCAG 2.1, A and AA."""

from pathlib import Path

from playwright.async_api import Page

_AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
_BROKEN = """(rules) => axe.run({ runOnly: rules, resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(', ')}`))"""


async def violations(page: Page) -> list[str]:
    """Every rule that is broken, with the elements that break it."""
    await page.emulate_media(reduced_motion="reduce")  # what is still fading in has not its own contrast yet
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_AXE.read_text())
    broken: list[str] = await page.evaluate(_BROKEN, _RULES)
    return broken


async def in_both_languages(page: Page) -> list[str]:
    """What axe finds in Chinese, then in English; the page speaks Chinese again."""
    found = await violations(page)
    await page.get_by_role("button", name="English").click()
    found += await violations(page)
    await page.get_by_role("button", name="中文").click()
    return found
