"""The ranking (汇总排名): experts' scores of items aggregated as the tender declares, price scores added, ties parted.

Pure and exact: scores are whole numbers of their smallest unit, and only what is declared is rounded.
"""

from remote_bid.evaluation.ranking.checking import check_rule
from remote_bid.evaluation.ranking.derivation import derivation
from remote_bid.evaluation.ranking.outliers import LimitOf, Outlier, OutlierLimit, outliers
from remote_bid.evaluation.ranking.placing import rank
from remote_bid.evaluation.ranking.terms import (
    Aggregation,
    Averaged,
    By,
    Decided,
    ExpertTotal,
    Figure,
    FigureRounding,
    Item,
    Priced,
    Ranked,
    Ranking,
    RankingRule,
    Sheet,
    Tie,
)

__all__ = [
    "Aggregation",
    "Averaged",
    "By",
    "Decided",
    "ExpertTotal",
    "Figure",
    "FigureRounding",
    "Item",
    "LimitOf",
    "Outlier",
    "OutlierLimit",
    "Priced",
    "Ranked",
    "Ranking",
    "RankingRule",
    "Sheet",
    "Tie",
    "check_rule",
    "derivation",
    "outliers",
    "rank",
]
