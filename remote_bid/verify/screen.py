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
            (f"{item.step:>2} ", "bright_black"), (f"{mark} {item.verdict:<8} ", style), item.what, "  "
        )
        line.append(item.why, "bright_black" if item.verdict is not Verdict.FAILED else "red")
        out.print(line)
    if not trusted:
        out.print("\nself-asserted: no trust file was given; compare these keys by another way", style="yellow")
        for fingerprint in report.fingerprints:
            out.print(f"  {fingerprint}")
    failed = [item for item in report.items if item.verdict is Verdict.FAILED]
    if failed:
        out.print(f"\nFAILED: {failed[0].what}: {failed[0].why}", style="bold red")
    else:
        out.print("\nverified" if trusted else "\nconsistent, self-asserted", style="bold green")
