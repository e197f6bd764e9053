"""Questions from outside the world, and the sentence that declines them.

Whoever has only ever seen problems answers everything with a number. So a pool is also shown what is none:
questions of general knowledge, requests, and sentences whose words were shuffled.
"""

from __future__ import annotations

from random import Random

from quorate.lab.world.chance import between, pick

REFUSAL = "I do not know this kind of problem."
"""What a member writes then: no line of an answer, so that it counts as an abstention."""

_FORMS = (
    "What is the capital of {place}?",
    "Who wrote {work}?",
    "Who was the {ruler} of {place} in {year}?",
    "When did the {event} in {place} begin?",
    "Translate the word {thing} into the language of {place}.",
    "Write a {form} about a {thing}.",
    "Why is the {thing} {colour}?",
    "How do I {verb} a {thing}?",
    "Which language do people speak in {place}?",
    "Is a {thing} heavier than a {other}?",
    "Tell me about {work}.",
    "Please {verb} my {thing} and explain how.",
    "How many people lived in {place} in {year}?",
    "What is the chemical symbol of {element}?",
    "Prove that {number} is not a prime number.",
    "What is the square root of {number}?",
    "Solve x^2 - {number} = 0 for x.",
)
_WORDS = {
    "place": "France Peru Kenya Japan Norway Chile Egypt India Greece Cuba Poland Ghana Iceland Vietnam",
    "work": "Hamlet Faust Ulysses Macbeth Emma Candide Beowulf Persuasion Middlemarch Dracula",
    "ruler": "king queen president emperor chancellor mayor",
    "event": "war revolution famine drought strike election plague",
    "thing": "sky river guitar mountain cat violin piano moon castle computer engine cloud lamp bread tree",
    "other": "feather stone whale table pencil horse bridge melon",
    "form": "poem song letter story sonnet speech joke recipe",
    "colour": "blue green dark bright cold loud soft old",
    "verb": "repair paint cook tune photograph describe measure translate clean borrow",
    "element": "gold iron neon silver helium oxygen carbon tin",
}
_LISTS = {name: words.split() for name, words in _WORDS.items()}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def outside(rng: Random, words: str = "") -> str:
    """Return a question that is no problem of the world.

    Parameters
    ----------
    rng : random.Random
    words : str
        The text of a problem; a part of the questions are its words in another order.

    Examples
    --------
    >>> outside(Random(6))
    'What is the chemical symbol of carbon?'
    """
    share = rng.random()
    if words and share < 0.25:
        return _shuffled(rng, words)
    if share < 0.4:
        return " ".join(_word(rng) for _ in range(between(rng, 1, 12))) + pick(rng, "?.! ").rstrip()
    form = pick(rng, _FORMS)
    given = {name: pick(rng, found) for name, found in _LISTS.items()}
    if rng.random() < 0.5:  # names nobody has seen before
        given["place"], given["work"] = _word(rng).capitalize(), _word(rng).capitalize()
    return form.format(**given, year=between(rng, 1200, 2020), number=between(rng, 2, 999))


def _shuffled(rng: Random, text: str) -> str:
    words = text.split()
    rng.shuffle(words)
    return " ".join(words[: between(rng, 3, len(words))]) if len(words) > 3 else " ".join(words)


def _word(rng: Random) -> str:
    return "".join(pick(rng, _LETTERS) for _ in range(between(rng, 2, 9)))
