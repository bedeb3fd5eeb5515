"""Methods in use in China, each with its source and a worked example. They are patterns: a tender declares its own."""

from remote_bid.evaluation.price.catalogue.composites import COMPOSITES
from remote_bid.evaluation.price.catalogue.lowest import LOWEST
from remote_bid.evaluation.price.catalogue.means import MEANS
from remote_bid.evaluation.price.catalogue.method import Method

METHODS: dict[str, Method] = {method.name: method for method in (*MEANS, *COMPOSITES, *LOWEST)}
"""By name."""

__all__ = ["METHODS", "Method"]
