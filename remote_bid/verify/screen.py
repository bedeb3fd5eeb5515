"""A report on the terminal: the numbered steps, what each found, and the verdict."""

from rich.console import Console
from rich.text import Text

from remote_bid.verify.report import Report, Verdict

_MARKS = {Verdict.VERIFIED: ("✓", "green"), Verdict.WITHHELD: ("▒", "bright_black"), Verdict.FAILED: ("✗", "bold red")}


def explain(report: Report, trusted: bool, console: Console | None = None) -> None:
    """Print every item, the fingerprints that a self-asserted bundle asks to be believed by, and the verdict."""
    out = console or Console(highlight=False, soft_wrap=True)
    for item in report.items:
        mark, style = _MARKS[item.verdict]
        line = Text.assemble(
            (f"{item.step:>2} ", "bright_black"), (f"{mark} {item.verdict:<8} ", style), plain(item.what), "  "
        )
        line.append(plain(item.why), "bright_black" if item.verdict is not Verdict.FAILED else "red")
        out.print(line)
        if item.fault is not None:
            out.print(Text(f"     责任方：{item.fault.zh} / at fault: {item.fault.en}", "yellow"))
    if not trusted:
        out.print("\nself-asserted: no trust file was given; compare these keys by another way", style="yellow")
        for fingerprint in report.fingerprints:
            out.print(Text(f"  {plain(fingerprint)}"))
    failed = [item for item in report.items if item.verdict is Verdict.FAILED]
    if failed:
        out.print(Text(f"\nFAILED: {plain(failed[0].what)}: {plain(failed[0].why)}", "bold red"))
    else:
        out.print("\nverified" if trusted else "\nconsistent, self-asserted", style="bold green")


def plain(text: str) -> str:
    """Text from a bundle without signs that steer a terminal."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
