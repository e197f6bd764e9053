"""Reports: what was found, as one page, as tables and plots for a paper, as frames, in a notebook.

study      what a report is about: an experiment, or one run beside the vote over its drafts
debates    the debates of a run as they were recorded     standing   where everybody stood after each round
talk       what the talk of each arm did                  single     one run as a table
page       one HTML file with everything in it            packing    the debates as the data of a page
charts     charts as geometry, which templates draw       geometry   scales, dots and lines of a chart
labels     where names stand in a chart                   places     where a drawn graph puts its seats
tables     CSV and LaTeX                                  plots      PNG, SVG and PDF by matplotlib
frames     pandas                                         notebook   outcomes and runs show themselves
writing    all of it by the suffix of a file              templates/ HTML, CSS, JavaScript and LaTeX
"""

from quorate.report.frames import debates, messages
from quorate.report.page import page
from quorate.report.study import Study, read_study
from quorate.report.tables import arms_csv, claims_csv, latex
from quorate.report.writing import KINDS, write_report

__all__ = [
    "KINDS",
    "Study",
    "arms_csv",
    "claims_csv",
    "debates",
    "latex",
    "messages",
    "page",
    "read_study",
    "write_report",
]
