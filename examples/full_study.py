"""A full study in one file: arms over the same first drafts, controls at equal cost, a table, a page.

Small models that ship with Quorate write every word, offline. Give a number of problems; with the default few
nothing can be shown, and the table says so. Stop it and run it again with a folder: it goes on.

    python full_study.py 200 runs/study
"""

import sys
from pathlib import Path
from tempfile import mkdtemp

from quorate.evaluate.sources import read_problems
from quorate.experiments import Experiment, compare, read_results
from quorate.lab.members import Pool
from quorate.report import read_study, write_report

count = int(sys.argv[1]) if len(sys.argv) > 1 else 4
folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(mkdtemp()) / "study"
debate = {"critique": "off", "until": "never", "decide": "most_confident"}


def sums(split):
    return read_problems({"pool": {"kind": "mixed", "level": 2, "split": split}, "count": count})


experiment = Experiment(
    name="what is worth its tokens",
    problems=sums("test"),
    development=sums("development"),
    agents=Pool().specialists(),
    arms={"relay": {"topology": "ring", "protocol": "relay"}},
    grids={"debate": {"topology": ["ring", "star"], "rounds": [2], **debate}},
)
table = compare(experiment, folder)

for column in table.columns:
    print(f"{column.name:24} {column.strict.percent:>14} %  {column.cost.tokens:6.0f} tokens a problem")
claims = [claim for claim in table.claims if claim.holds]
for claim in claims:
    print(
        f"{claim.arm} minus {claim.rival}: {claim.difference.points} points, p {claim.adjusted:.2g} corrected"
    )
print(f"{len(claims)} of {len(table.claims)} differences have an interval that excludes 0")
print(table.reach)
for note in table.notes:
    print("note:", note)

solved = dict.fromkeys(("relay", "vote"), 0)
for result in read_results(folder):
    if result.arm in solved:
        solved[result.arm] += result.worth == 1
print("solved:", solved)
print("page:", *write_report(read_study(folder), folder / "report.html"))
