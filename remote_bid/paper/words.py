"""How the rooms' codes are worded on paper."""

from remote_bid.evaluation.ranking.terms import Decided
from remote_bid.evaluation.terms import Departure, QuestionKind, ReportAnswer, Result
from remote_bid.opening.terms import (
    AbortCause,
    Cause,
    DepositForm,
    DepositStatus,
    ExtensionCause,
    LineAnswer,
    Outcome,
    Role,
)
from remote_bid.tender.terms import SuspensionCause

ROLES = {
    Role.HOST: "主持人 host",
    Role.SUPERVISOR: "监督人员 supervisor",
    Role.WITNESS: "见证人员 witness",
    Role.TENDERER: "招标人 tenderer",
    Role.CUSTODIAN: "密钥保管人 custodian",
    Role.BIDDER: "投标人 bidder",
    Role.OBSERVER: "社会公众 observer",
}

OUTCOMES = {
    Outcome.OPENED: "已开启 opened",
    Outcome.REMEDIED: "补救后开启 remedied",
    Outcome.DEEMED_REVOKED: "视为撤销 deemed revoked",
    Outcome.DEEMED_WITHDRAWN: "视为撤回 deemed withdrawn",
}

CAUSES = {
    Cause.OPENED: "",
    Cause.NOT_RELEASED: "未在时限内解密 not released in time",
    Cause.BAD_DEAL: "密钥份额有误 bad deal",
    Cause.GARBAGE: "文件无法打开 garbage sealed",
    Cause.INVALID_FORM: "开标一览表无效 invalid form",
    Cause.BAD_LODGING: "寄存的密钥有误 bad lodging",
    Cause.REMEDIED: "密钥由补救托管人恢复 key recovered from escrow",
    Cause.BAD_ESCROW: "补救份额有误 bad escrow shares",
    Cause.ESCROW_ABSENT: "补救托管人未到 escrow holders absent",
    Cause.AUTHORITY_FAILED: "认证机构原因：证书被误吊销 certificate wrongly revoked by its authority",
    Cause.ABORTED: "本场终止 the session was aborted",
    Cause.ENVELOPE_LOST: "平台原因：文件遗失 envelope lost by the platform",
}

DEPOSITS = {
    DepositStatus.NOT_STATED: "未注明 not stated",
    DepositStatus.RECEIVED: "已到账 received",
    DepositStatus.NOT_RECEIVED: "未到账 not received",
}

DEPOSIT_FORMS = {
    DepositForm.BID_DEPOSIT: "保证金 deposit",
    DepositForm.E_GUARANTEE: "电子保函 e-guarantee",
}

ABORTED = {
    AbortCause.TOO_FEW_BIDS: "投标人不足，原封退回 too few bids, returned sealed",
    AbortCause.SUPERVISOR_DECIDED: "监督人员决定终止 ended by the supervisor",
    AbortCause.SUSPENDED_TOO_LONG: "中止时间过长 suspended for too long",
    AbortCause.NONE_OPENED: "无有效开启的投标 none opened",
}

ANSWERS = {
    LineAnswer.CONFIRMED: "确认无误 confirmed",
    LineAnswer.DISPUTED: "有异议 disputed",
    LineAnswer.SILENT: "未表示 silent",
}

STOPPED = {
    SuspensionCause.TECHNICAL_FAULT: "技术故障 technical fault",
    SuspensionCause.NETWORK_FAULT: "网络故障 network fault",
    SuspensionCause.CERTIFICATE_SERVICE: "证书服务故障 certificate service",
    SuspensionCause.EMERGENCY: "突发事件 emergency",
    SuspensionCause.COMPLAINT: "投诉 complaint",
    SuspensionCause.CUSTODIANS_ABSENT: "密钥保管人缺席 custodians absent",
    SuspensionCause.OUTAGE: "系统中断 outage",
}

EXTENDED = {
    ExtensionCause.PLATFORM_FAULT: "平台故障 platform fault",
    ExtensionCause.NETWORK_FAULT: "网络故障 network fault",
    ExtensionCause.CERTIFICATE_SERVICE: "证书服务故障 certificate service",
    ExtensionCause.EMERGENCY: "突发事件 emergency",
}

RESULTS = {
    Result.RANKED: "完成评审并排名 ranked",
    Result.ALL_REJECTED: "否决全部投标 all rejected",
}

DECIDED = {
    Decided.TOTAL: "总分 total",
    Decided.LOWER_PRICE: "报价较低 lower price",
    Decided.TECHNICAL: "技术得分 technical score",
    Decided.DRAW: "抽签 lots",
    Decided.TIED: "并列 tied",
}

DEPARTURES = {
    Departure.DECLINED: "谢绝 declined",
    Departure.UNREACHABLE: "未能联系 unreachable",
    Departure.CONFLICTED: "应回避 conflicted",
    Departure.ABSENT: "缺席 absent",
    Departure.RECUSED: "回避 recused",
    Departure.REMOVED: "更换 removed",
}

QUESTIONS = {
    QuestionKind.CLARIFICATION: "澄清 clarification",
    QuestionKind.LOW_BID: "低价说明 low price",
}

REPORT_ANSWERS = {
    ReportAnswer.SIGNED: "同意并签署 signed",
    ReportAnswer.DISSENTED: "保留不同意见 dissented",
    ReportAnswer.REFUSED: "拒签且未说明理由，视为同意 refused without a reason, counts as agreement",
    ReportAnswer.SILENT: "未签署，视为同意 silent, counts as agreement",
}
