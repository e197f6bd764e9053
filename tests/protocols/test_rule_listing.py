"""Rules by name: in definition files, and as the command line lists and explains them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from quorate import registry
from quorate.cli import app
from quorate.cli.rules import explained
from quorate.definition_file import load_definition
from quorate.errors import BadOption, UnknownName
from quorate.nouns import Ballot, Outcome
from quorate.registry import Declaration, Registry

YAML = """
agents:
  - {{name: ada, model: {{scripted: {{script: "Answer: 5"}}}}}}
  - {{name: bo, model: {{scripted: {{script: "Answer: 5"}}}}}}
  - {{name: cy, model: {{scripted: {{script: "Answer: 6"}}}}}}
protocol: {{{protocol}: {{decide: {decide}}}}}
"""


@pytest.mark.parametrize("protocol", ["vote", "debate"])
@pytest.mark.parametrize(
    ("decide", "answer", "reason"),
    [
        ("schulze", "5", "Schulze, no rival beats it by a path"),
        ("{supermajority: {threshold: 0.67}}", None, "no supermajority of 67%: 2 of 3 votes, 3 needed"),
        ("{supermajority: {threshold: 0.66, of: seats}}", "5", "supermajority of 66%, 2 of 3 seats"),
        ("{instant_runoff: {ties: split}}", "5", "instant run-off, 2 votes at the end"),
    ],
)
def test_a_definition_file_names_a_rule_with_its_options(
    protocol: str, decide: str, answer: str | None, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "study.yaml").write_text(YAML.format(protocol=protocol, decide=decide))
    outcome = load_definition(tmp_path / "study.yaml").ask("2+3?")
    assert outcome.answer == answer
    assert outcome.reason.endswith(reason)


@pytest.mark.parametrize(
    ("decide", "complaint"),
    [
        ("{supermajority: {threshold: 0.5}}", r"above 0\.5 and goes up to 1, not 0\.5"),
        ("{supermajority: {treshold: 0.6}}", "no option 'treshold'. Did you mean 'threshold'"),
        ("supermajorty", "no rule called 'supermajorty'. Did you mean 'supermajority'"),
    ],
)
def test_a_definition_file_with_an_impossible_rule_is_refused(
    decide: str, complaint: str, tmp_path: Path
) -> None:
    (tmp_path / "study.yaml").write_text(YAML.format(protocol="vote", decide=decide))
    with pytest.raises(BadOption, match=complaint):
        load_definition(tmp_path / "study.yaml").ask("2+3?")


def listing(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["rules", *arguments], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def test_the_list_names_every_rule_with_needs_axioms_and_source() -> None:
    shown = listing()
    for name in registry.rule:
        assert name in shown
    assert "clone independence" in shown
    assert "ranking, weight" in shown
    assert "Schulze 2011" in shown


@pytest.mark.parametrize("name", sorted(registry.rule))
def test_every_rule_is_explained(name: str) -> None:
    shown = listing(name)
    assert shown.startswith(name)
    assert ">>>" not in shown
    declared = registry.rule.declaration(name)
    assert declared is not None
    assert declared.source in shown
    for axiom in declared.axioms:
        assert f"  {axiom}: " in shown


def test_options_are_explained_with_their_defaults() -> None:
    assert "options  strength='margins'" in listing("minimax")
    assert "rng=" not in listing("random_ballot").split("options")[-1]


def test_an_unknown_rule_gets_a_suggestion() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'schulze'"):
        list(explained("schluze"))


def test_a_rule_need_not_declare_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    def first(ballots: list[Ballot], *, skip: int = 0) -> Outcome:
        """Take the first ballot."""
        return Outcome(reason="first")

    monkeypatch.setattr(registry, "rule", rules := Registry("rule", home=None))
    assert rules(first) is first
    assert rules.declaration("first") is None
    assert list(explained("first")) == ["first", "", "Take the first ballot.", "\noptions  skip=0"]
    assert "first" in listing()
    declared = Declaration(axioms=frozenset({"anonymity"}))
    assert rules(declared)(first) is first
    assert rules.declaration("first") == declared
    with pytest.raises(UnknownName):
        rules.declaration("second")
