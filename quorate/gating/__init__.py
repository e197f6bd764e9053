"""Gates learned from records, and what adaptive effort saves and loses on records.

cases       recorded questions as pairs: what the vote was worth, what the debate was worth, what each cost
fitting     logistic regression with a ridge, by Newton's method
training    from cases to a gate, calibrated and given its threshold fold by fold
savings     an adaptive protocol beside always and never debating, on the same recorded questions
"""

from quorate.gating.cases import Case, cases_of, split
from quorate.gating.fitting import fit_logistic
from quorate.gating.savings import Arm, Savings, savings
from quorate.gating.training import train_gate

__all__ = ["Arm", "Case", "Savings", "cases_of", "fit_logistic", "savings", "split", "train_gate"]
