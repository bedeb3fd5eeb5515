"""Texts that run a script wherever they are taken for markup, and how it would show."""

from dataclasses import dataclass, field

import aiohttp
from playwright.async_api import Browser, FilePayload, Page

_MARK = "__struck"
_NOWHERE = "http://elsewhere.invalid/"
# Outside of the debugger's own call, which the policy does not bind.
_EVALUATES = """() => new Promise((tell) => setTimeout(() => {
    try { tell(String(eval('1 + 1'))) } catch (error) { tell(error.name) }
}))"""
_SENDS = """(address) => new Promise((tell) => {
    addEventListener('securitypolicyviolation', ({ effectiveDirective }) => tell(effectiveDirective))
    fetch(address, { mode: 'no-cors' }).then(() => tell('sent'), () => setTimeout(tell, 5000, 'tried'))
})"""


def evil(what: str) -> str:
    """A name that runs a script wherever it is taken for markup, in an element, an attribute or a script."""
    return f"{what}<script>{_MARK}=1</script>\"'><img src=x onerror={_MARK}=1>${{1}}{{{{{_MARK}=1}}}}"


def evil_file(ending: str, content: bytes = b"{}") -> FilePayload:
    """A file whose name is such a text."""
    name = f"<img src=x onerror={_MARK}=1><script>{_MARK}=1<script>.{ending}"
    return FilePayload(name=name, mimeType="application/octet-stream", buffer=content)


@dataclass
class Looked:
    """What a context did on all its pages."""

    asked: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        page.on("dialog", lambda dialog: self.alarms.append(dialog.message))
        page.on("pageerror", lambda error: self.alarms.append(str(error)))

    def elsewhere(self, url: str) -> list[str]:
        """What was asked of anybody but this server."""
        ours = (f"{url}/", f"{url}/".replace("http:", "ws:"), "data:", f"blob:{url}/")
        return [address for address in self.asked if not address.startswith(ours)]


async def assert_text(page: Page) -> None:
    """No script but our own, no picture that was named, and nothing has run."""
    assert await page.locator("script:not([src]), img[src=x], svg[onload]").count() == 0
    assert await page.evaluate(f"typeof {_MARK}") == "undefined"


async def assert_policy(url: str) -> None:
    """What the browser is told about scripts, should a page ever err."""
    async with aiohttp.ClientSession() as http, http.get(f"{url}/") as answer:
        said = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert said["default-src"] == "'none'"
    assert said["script-src"] == "'self'"
    assert said["connect-src"] == f"'self' {url.replace('http:', 'ws:')}"
    assert (said["object-src"], said["base-uri"], said["frame-ancestors"]) == ("'none'", "'none'", "'none'")
    assert "unsafe-eval" not in str(said)


async def assert_kept_in(browser: Browser, url: str) -> None:
    """The browser holds the page to that policy; and a page that is not held to it would be seen asking elsewhere."""
    page = await (await browser.new_context()).new_page()
    seen = Looked()
    seen.watch(page)
    await page.goto(url)
    assert await page.evaluate(_EVALUATES) == "EvalError"
    assert await page.evaluate(_SENDS, _NOWHERE) == "connect-src"
    assert seen.elsewhere(url) == []
    await page.goto("about:blank")
    assert await page.evaluate(_EVALUATES) == "2"
    assert await page.evaluate(_SENDS, _NOWHERE) == "tried"
    assert seen.elsewhere(url) == [_NOWHERE]
    await page.context.close()
