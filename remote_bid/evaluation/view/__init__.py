"""Who sees what of an evaluation: the only redaction. Sockets, downloads, replays and reports all pass here.

`see` is a person's page, `show` says which fields of an entry an audience may read, `shelf` which documents. Experts go
by their alias until the report is public; what they find, score and vote is nobody else's before all have handed in
theirs.
"""

from remote_bid.evaluation.view.entries import VEILED, curtain, show
from remote_bid.evaluation.view.page import EvaluationView
from remote_bid.evaluation.view.pages import see
from remote_bid.evaluation.view.shelf import shelf

__all__ = ["VEILED", "EvaluationView", "curtain", "see", "shelf", "show"]
