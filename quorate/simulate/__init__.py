"""Simulate: what a debate of 10 to 1,000,000 agents would do and cost, without a model.

network        who hears whom as arrays; shapes, chance: makers for any size; wiring: any topology by name
spectrum       how fast averaging agrees, what falls apart, how far word travels
parameters     how good agents are, and what they do with what they hear; drafts: their first answers
dynamics       how opinions move: degroot, voter, plurality, bounded, deffuant, belief, reactions
simulate       one topology to a Forecast; plan: several to an Outlook, where sparse wins and talk stalls
fit            parameters from records; predict: another graph; check: a prediction against real runs
cost           messages and tokens by closed formulas
"""

from quorate.simulate.belief import belief
from quorate.simulate.bounded import average_near, bounded, deffuant
from quorate.simulate.checking import Check, check, check_runs, fit_records, predict_record
from quorate.simulate.cost import Cost, cost_of_round
from quorate.simulate.degroot import average, degroot
from quorate.simulate.drafts import Drafts, drawn, recorded
from quorate.simulate.draws import Draws
from quorate.simulate.dynamics import Talk, dynamics
from quorate.simulate.fitting import Fit, fit
from quorate.simulate.forecast import Forecast, ForecastRound, Span
from quorate.simulate.network import Network
from quorate.simulate.outlook import Outlook, plan
from quorate.simulate.parameters import Parameters
from quorate.simulate.plurality import plurality
from quorate.simulate.predicting import predict
from quorate.simulate.reacting import reactions
from quorate.simulate.records import Record, read_records
from quorate.simulate.simulating import simulate
from quorate.simulate.spectrum import Gap, components, gap_of, reach
from quorate.simulate.voter import voter
from quorate.simulate.wiring import Wiring, wire

__all__ = [
    "Check",
    "Cost",
    "Drafts",
    "Draws",
    "Fit",
    "Forecast",
    "ForecastRound",
    "Gap",
    "Network",
    "Outlook",
    "Parameters",
    "Record",
    "Span",
    "Talk",
    "Wiring",
    "average",
    "average_near",
    "belief",
    "bounded",
    "check",
    "check_runs",
    "components",
    "cost_of_round",
    "deffuant",
    "degroot",
    "drawn",
    "dynamics",
    "fit",
    "fit_records",
    "gap_of",
    "plan",
    "plurality",
    "predict",
    "predict_record",
    "reach",
    "reactions",
    "read_records",
    "recorded",
    "simulate",
    "voter",
    "wire",
]
