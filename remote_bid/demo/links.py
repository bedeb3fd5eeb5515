"""The links on the terminal: one for each chair and one for each page that anybody may see."""

import io

import segno
from rich.console import Console
from rich.text import Text

from remote_bid.demo.authority import KEY_FILE, PASSPHRASE
from remote_bid.demo.cast import SESSION, Cast
from remote_bid.demo.chairs import EVALUATION_DESK, chair_link
from remote_bid.demo.committee import EVALUATION, EXPERTS, OFFICIALS
from remote_bid.evaluation.terms import EvaluationRole
from remote_bid.opening.terms import Role
from remote_bid.people.registry.terms import AdminRole

_ROLES = {
    Role.HOST: "主持人",
    Role.SUPERVISOR: "监督人员",
    Role.WITNESS: "见证人员",
    Role.TENDERER: "招标人",
    Role.CUSTODIAN: "密钥保管人",
}
_EVALUATION = {
    EvaluationRole.AGENCY: "评标代理",
    EvaluationRole.SUPERVISOR: "评标监督",
    EvaluationRole.TENDERER_OBSERVER: "招标人",
    EvaluationRole.TRADING_CENTER: "交易中心",
    EvaluationRole.AUDITOR: "审计人员",
    EvaluationRole.SITE_OPERATOR: "场地人员",
}
_OFFICES = {AdminRole.SYSTEM: "系统管理员", AdminRole.SECURITY: "安全管理员", AdminRole.AUDIT: "审计管理员"}
_WIDTH = 10
"""Columns of a terminal: five Chinese characters."""


def public_links(cast: Cast) -> list[tuple[str, str, str]]:
    """Role, name and address of what anybody may open."""
    hall = f"{cast.url}/hall/{SESSION}"
    evaluation = f"{cast.url}/evaluation/{EVALUATION}"
    return [
        ("社会公众", "", hall),
        ("大屏", "", f"{hall}/screen"),
        ("核验", "", f"{hall}/verify"),
        ("评标", "", evaluation),
    ]


def chair_links(cast: Cast) -> list[tuple[str, str, str]]:
    """Role, name and address of each chair."""
    members = [(_ROLES[one.role], one.name, chair_link(cast, one.person)) for one in cast.members]
    bidders = [("投标人", one.name, chair_link(cast, one.person)) for one in cast.contenders]
    offices = [(_OFFICES[one.role], one.name, chair_link(cast, one.person)) for one in cast.settings.admins]
    return [*members, *bidders, *offices, *committee_links(cast)]


def committee_links(cast: Cast) -> list[tuple[str, str, str]]:
    """The chairs of the evaluation that follows; whoever is called among the experts, the draw decides."""
    people = [(_EVALUATION[one.role], one.name, one.person) for one in OFFICIALS if one.role in _EVALUATION]
    people += [("评标专家", name, person) for person, name in EXPERTS]
    people += [("被询投标人", one.name, one.person) for one in cast.contenders]
    return [(role, name, chair_link(cast, person, EVALUATION_DESK)) for role, name, person in people]


def show_links(console: Console, cast: Cast) -> None:
    """All of them, each on a line of its own that the terminal may wrap but nobody cuts."""
    console.print("\n[bold]坐下试试[/]  打开链接即以该身份登录，模拟人员随即让座。")
    console.print("一个浏览器一把椅子，另一角色请用另一浏览器或无痕窗口。")
    for role, name, link in [*chair_links(cast), *public_links(cast)]:
        padding = " " * (_WIDTH - 2 * len(role) + 2)
        said = Text.assemble((role, "bold blue"), padding, name, "  " if name else "", (link, f"link {link}"))
        console.print(said, soft_wrap=True)
    console.print(Text(f"各方证书 {cast.home('*') / KEY_FILE}，口令 {PASSPHRASE}"), soft_wrap=True)
    if cast.tls:
        _show_code(console, cast)
    console.print()


def _show_code(console: Console, cast: Cast) -> None:
    """A bidder's chair for a phone's camera, and the authority that makes its browser content."""
    first, drawn = cast.contenders[0], io.StringIO()
    segno.make_qr(chair_link(cast, first.person)).terminal(out=drawn, compact=True)
    console.print(Text(drawn.getvalue()), soft_wrap=True)
    console.print(Text(f"手机扫码，坐到{first.name}的椅子上。证书警告可继续访问，或先安装 {cast.url}/authority.cer"))
