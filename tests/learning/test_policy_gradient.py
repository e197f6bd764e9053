"""Learning by policy gradient: who ruins the others is found, and a training that was stopped goes on."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from quorate import Agent, Definition, Scripted
from quorate.errors import BadGraph, BadOption, BadQuestion, ModelError, RecordError, RecordMismatch
from quorate.evaluate import Problem
from quorate.events import Decided, Event, Heard
from quorate.learning import AGENTDROPOUT, AGENTPRUNE, GPTSWARM, Phase, Recipe, Step, learn_by_policy_gradient
from quorate.nouns import Question
from quorate.topologies import LearnedGraph, ring

Problems = Callable[[int], list[Problem]]
Make = Callable[..., Definition]
LONGER = Recipe(
    name="longer", phases=(Phase(iterations=12, batch=32, prune=0.25, every=6),), baseline="moving_average"
)
BRIEF = Recipe(name="brief", phases=(Phase(iterations=4, batch=3, prune=0.25, every=2),), window=5)


def chance(graph: LearnedGraph, heard: str, hearer: str) -> float:
    [found] = [e.probability for e in graph.turns[0].edges if (e.heard, e.hearer) == (heard, hearer)]
    return found


def accuracy(definition: Definition, topology: object, problems: list[Problem]) -> float:
    made = Definition(definition.agents, topology=topology, protocol=definition.protocol)
    found = made.run(problems).accuracy
    assert found is not None
    return found


def test_the_published_defaults() -> None:
    [phase] = AGENTPRUNE.phases
    assert (AGENTPRUNE.learning_rate, AGENTPRUNE.first, AGENTPRUNE.baseline) == (0.1, 0.5, "none")
    assert (phase.iterations, phase.batch, phase.prune, phase.every) == (10, 4, 0.25, 5)
    first, second = AGENTDROPOUT.phases
    assert (first.iterations, first.batch, first.drop, first.low_rank) == (2, 20, 0.2, False)
    assert (second.iterations, second.batch, second.low_rank, second.delta) == (4, 10, True, 0.1)
    assert AGENTDROPOUT.per_turn
    assert (GPTSWARM.phases[0].iterations, GPTSWARM.baseline, GPTSWARM.trials) == (100, "moving_average", 400)


def test_an_adversarys_edges_become_the_least_likely(ruined: Make, problems: Problems) -> None:
    definition, todo = ruined(), problems(16)
    learned = learn_by_policy_gradient(definition, todo, recipe=LONGER, seed=1)
    assert accuracy(definition, "complete", todo) == 0
    harmful = [chance(learned, "mal", name) for name in ("ada", "bo", "cy")]
    harmless = [e.probability for e in learned.turns[0].edges if "mal" not in (e.heard, e.hearer)]
    assert max(harmful) < min(harmless)
    assert not any(edge.kept for edge in learned.turns[0].edges if edge.heard == "mal")
    assert chance(learned, "bo", "ada") > 0.5
    assert accuracy(definition, {"learned": {"file": learned}}, todo) == 1
    assert learned.utilities[-1] > learned.utilities[0]


def test_the_adversary_is_found_with_most_seeds(ruined: Make, problems: Problems) -> None:
    found = 0
    for seed in range(6):
        learned = learn_by_policy_gradient(ruined(), problems(16), recipe=LONGER, seed=seed)
        harm = sum(chance(learned, "mal", name) for name in ("ada", "bo", "cy"))
        rest = sum(chance(learned, *pair) for pair in itertools.permutations(("ada", "bo", "cy"), 2))
        found += harm / 3 < rest / 6 - 0.1
    assert found >= 5  # at even chances, 1 time in 9


def test_agents_are_dropped_before_edges_are_learned(ruined: Make, problems: Problems) -> None:
    recipe = Recipe(
        name="both",
        phases=(
            Phase(iterations=8, batch=32, drop=0.2),
            Phase(iterations=2, batch=8, prune=0.25, every=2, low_rank=True),
        ),
        per_turn=True,
        baseline="moving_average",
    )
    learned = learn_by_policy_gradient(ruined(), problems(16), recipe=recipe, seed=0)
    [turn] = learned.turns
    assert turn.dropped == ("mal",)
    gone = [edge for edge in turn.edges if "mal" in (edge.heard, edge.hearer)]
    assert len(gone) == 6
    assert all(not e.kept and e.probability == 0 and e.why == "mal was dropped" for e in gone)
    assert sum(edge.kept for edge in turn.edges) == 4  # 6 among the others, less round(1.5)


def test_the_published_dropout_learns_a_graph_a_turn(ruined: Make, problems: Problems) -> None:
    learned = learn_by_policy_gradient(ruined(rounds=3), problems(4), recipe="agentdropout")
    assert learned.method == "agentdropout"
    assert [len(turn.dropped) for turn in learned.turns] == [1, 1]
    assert [sum(edge.kept for edge in turn.edges) for turn in learned.turns] == [3, 3]
    assert learned.about["trials"] == 80
    assert len(learned.utilities) == 6


def test_every_question_has_a_graph_of_its_own_in_one_pass(ruined: Make, problems: Problems) -> None:
    events: list[Event] = []
    recipe = BRIEF.model_copy(update={"phases": (Phase(iterations=1, batch=8),), "graphs": 3})
    learn_by_policy_gradient(ruined(), problems(8), recipe=recipe, listeners=[events.append])
    first = next(n for n, event in enumerate(events) if isinstance(event, Decided))
    assert len({event.question for event in events[:first]}) == 24  # all are open before any is decided
    graphs = {event.question: event.edges for event in events if isinstance(event, Heard)}
    assert len(set(graphs.values())) > 12


def test_a_graph_is_learned_within_the_topology(ruined: Make, problems: Problems) -> None:
    base = ruined()
    definition = Definition(base.agents, topology="ring", protocol=base.protocol)
    learned = learn_by_policy_gradient(definition, problems(4), recipe=BRIEF)
    assert {(e.heard, e.hearer) for e in learned.turns[0].edges} == set(ring(learned.seats).edges)


def test_tokens_can_have_a_price(problems: Problems) -> None:
    agents = [Agent(name, Scripted(lambda ask, seed: "Answer: 1")) for name in ("ada", "bo", "cy")]
    definition = Definition(agents, protocol={"debate": {"rounds": 2, "until": "never"}})
    recipe = LONGER.model_copy(update={"token_price": 5.0})
    learned = learn_by_policy_gradient(definition, problems(1), recipe=recipe)
    assert sum(edge.probability for edge in learned.turns[0].edges) / 6 < 0.4  # who hears less costs less
    assert learned.utilities[0] < learned.utilities[-1] < 1


def test_the_same_seed_learns_the_same_and_another_does_not(ruined: Make, problems: Problems) -> None:
    one, same, other = (
        learn_by_policy_gradient(ruined(), problems(4), recipe=BRIEF, seed=seed) for seed in (3, 3, 4)
    )
    assert one == same
    assert one.turns != other.turns


class Stopped(Exception):
    """Ends a training from within, as a kill would."""


@pytest.mark.parametrize("recipe", [BRIEF, AGENTDROPOUT.model_copy(update={"baseline": "moving_average"})])
@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_stopped_training_comes_to_the_same_end(
    recipe: Recipe, after: int, ruined: Make, problems: Problems, tmp_path: Path
) -> None:
    whole = learn_by_policy_gradient(ruined(), problems(5), recipe=recipe, seed=2)
    kept = tmp_path / "learning.json"

    def stop(step: Step) -> None:
        if step.iteration == after:
            raise Stopped

    with pytest.raises(Stopped):
        learn_by_policy_gradient(ruined(), problems(5), recipe=recipe, seed=2, checkpoint=kept, watch=stop)
    steps: list[int] = []
    again = learn_by_policy_gradient(
        ruined(),
        problems(5),
        recipe=recipe,
        seed=2,
        checkpoint=kept,
        watch=lambda step: steps.append(step.iteration),
    )
    assert again == whole
    assert steps == list(range(after + 1, recipe.iterations + 1))
    assert learn_by_policy_gradient(ruined(), problems(5), recipe=recipe, seed=2, checkpoint=kept) == whole


def test_ctrl_c_in_the_middle_of_an_iteration_loses_only_that(
    ruined: Make, problems: Problems, tmp_path: Path
) -> None:
    whole = learn_by_policy_gradient(ruined(), problems(3), recipe=BRIEF)
    decided: list[str] = []

    def press(event: Event) -> None:
        decided.extend([event.question] if isinstance(event, Decided) else [])
        if len(decided) == 8:
            raise KeyboardInterrupt

    kept = tmp_path / "learning.json"
    with pytest.raises(KeyboardInterrupt):
        learn_by_policy_gradient(ruined(), problems(3), recipe=BRIEF, checkpoint=kept, listeners=[press])
    assert json.loads(kept.read_text())["state"]["iteration"] == 2
    assert learn_by_policy_gradient(ruined(), problems(3), recipe=BRIEF, checkpoint=kept) == whole


def test_a_checkpoint_of_another_training_is_refused(
    ruined: Make, problems: Problems, tmp_path: Path
) -> None:
    kept = tmp_path / "learning.json"
    learn_by_policy_gradient(ruined(), problems(3), recipe=BRIEF, checkpoint=kept)
    with pytest.raises(RecordMismatch, match="seed was 0, now it is 1"):
        learn_by_policy_gradient(ruined(), problems(3), recipe=BRIEF, checkpoint=kept, seed=1)
    with pytest.raises(RecordMismatch, match="problems"):
        learn_by_policy_gradient(ruined(), problems(4), recipe=BRIEF, checkpoint=kept)
    kept.write_text("{}")
    with pytest.raises(RecordError, match="delete it to train from the start"):
        learn_by_policy_gradient(ruined(), problems(3), recipe=BRIEF, checkpoint=kept)


def test_what_cannot_be_learned_from_is_said(ruined: Make, problems: Problems) -> None:
    bare = [*problems(2), Problem(question=Question(id="open", text="What is art?"))]
    with pytest.raises(BadQuestion, match=r"1 of 3 problems have no gold answer, the first is 'open'\."):
        learn_by_policy_gradient(ruined(), bare)
    with pytest.raises(BadQuestion, match="no problem to learn from"):
        learn_by_policy_gradient(ruined(), [])
    with pytest.raises(BadGraph, match="Of 2 agents none can be dropped"):
        learn_by_policy_gradient(ruined(names=("bo", "cy")), problems(2), recipe="agentdropout")
    with pytest.raises(BadOption, match="In 1 round nobody hears anybody"):
        learn_by_policy_gradient(ruined(rounds=1), problems(2), recipe="agentdropout")
    base = ruined()
    alone = Definition(base.agents, topology="isolated", protocol=base.protocol)
    with pytest.raises(BadGraph, match="there is no edge to learn"):
        learn_by_policy_gradient(alone, problems(2))
    changing = Definition(
        base.agents, topology={"per_round": {"rounds": ["ring", "complete"]}}, protocol=base.protocol
    )
    with pytest.raises(BadGraph, match="another graph in every turn"):
        learn_by_policy_gradient(changing, problems(2))


def test_nothing_is_learned_from_debates_in_which_everybody_failed(problems: Problems) -> None:
    def broken(ask: object, seed: int) -> str:
        raise ConnectionError("the server is gone")

    definition = Definition([Agent(name, Scripted(broken)) for name in ("ada", "bo")])
    with pytest.raises(ModelError, match="In iteration 1 agents failed in every debate"):
        learn_by_policy_gradient(definition, problems(2))
