"""无事可办指数, and what shows that it is honest: consultations, zero reports, complaints that go elsewhere.

`of(month, centre)` is the index of one month, `history(centre)` of the last twelve. Months are named by their
first day; only those that are over have an index.
"""

from bancheng.overview.index.formula import Index, Term, history, latest, of
from bancheng.overview.index.guards import Guard

__all__ = ["Guard", "Index", "Term", "history", "latest", "of"]
