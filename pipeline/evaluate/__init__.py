"""How good the results are: error rates against ground truth, before and after. `evaluate(truth, out)` does it all."""

from pipeline.evaluate.pages import Scores, score_pages
from pipeline.evaluate.repairs import RepairScores, score_document
from pipeline.evaluate.report import Report, evaluate

__all__ = ["RepairScores", "Report", "Scores", "evaluate", "score_document", "score_pages"]
