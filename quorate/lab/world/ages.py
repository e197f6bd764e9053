"""Ages and logic: who is older, heads and legs, places in a queue."""

from __future__ import annotations

from quorate.lab.world.skills import Domain
from quorate.lab.world.slots import blend, private, span, worded

TIMES = {2: "twice", 3: "three times", 4: "four times", 5: "five times"}
OLDEST = 120

ages = Domain(
    "ages",
    unit="One {word} is {number} years.",
    brand="A {word} clock runs for {number} years.",
)

ages.basic(
    "younger",
    "elder = age * times; younger = elder - less",
    "{a} is {age} years old. {b} is {times} as old, and {c} is {less} years younger than {b}. How old is "
    "{c}?",
    "The mill is {age} years old. The {second:castle|church} is {times} as old, and the "
    "{third:bridge|inn|fountain} is {less} years younger than the {second}. How old is the {third}?",
    largest=OLDEST,
    age=span(5, 30),
    times=worded(TIMES),
    less=span(2, 30),
)

ages.basic(
    "sum",
    "older = age + more; sum = older + age",
    "{a} is {age} years old, and {b} is {more} years older. What is the sum of their ages?",
    "{a}'s house is {age} years old, and {her} neighbour's is {more} years older than that. How old are the "
    "two houses together?",
    largest=2 * OLDEST,
    age=span(4, 60),
    more=span(2, 30),
)

ages.basic(
    "older",
    "twice = sum + gap; older = twice / 2",
    "The ages of {a} and {b} add up to {sum}, and {a} is {gap} years older than {b}. How old is {a}?",
    "{a} and {b} are {sum} years old together. {b} was born {gap} years after {a}. How old is {a}?",
    largest=2 * OLDEST,
    sum=span(12, 120),
    gap=span(2, 30, below="sum"),
)

ages.basic(
    "later",
    "now = age + past; then = now + future",
    "{a} was {age} years old {past} years ago. How old will {she} be in {future} years?",
    "{a} planted a {walnut|pear} tree at the age of {age}. That was {past} years ago, and it will bear "
    "fruit in {future} years. How old will {she} be then?",
    "{a} is now {past} years older than {she} was at {age}, and {she} retires in {future} years. At what "
    "age does {she} retire?",
    largest=OLDEST,
    age=span(5, 50),
    past=span(2, 25),
    future=span(2, 25),
)

ages.basic(
    "legs",
    "two = hens * 2; four = cows * 4; legs = two + four",
    "A farm has {hens} {hens|geese|ducks} and {cows} {cows|sheep|goats}. How many legs do they have "
    "together?",
    "A carpenter makes {hens} easels with two legs and {cows} tables with four. How many legs does the "
    "carpenter need?",
    hens=span(2, 60, most=150),
    cows=span(2, 30),
)

ages.basic(
    "queue",
    "others = ahead + behind; all = others + 1",
    "In a queue, {ahead} people stand in front of {a} and {behind} stand behind {him}. How many people are "
    "in the queue?",
    "{a} reads a book with {ahead} pages before the page {she} is on and {behind} pages after it. How many "
    "pages does the book have?",
    ahead=span(3, 120),
    behind=span(3, 90),
)

ages.basic(
    "place",
    "place = runners - behind",
    "In a race of {runners} runners, {a} finishes with {behind} runners behind {him}. In which place does "
    "{she} finish?",
    "A contest has {runners} entries, and the one by {a} beats {behind} of them. In which place does it "
    "come?",
    runners=span(12, 200),
    behind=span(3, 150, below="runners"),
)

ages.advanced(
    "rings",
    "middle = oak - fewer; last = middle + more",
    "An oak has {oak} rings. The elm has {fewer} fewer than the oak, and the ash has {more} more than the "
    "elm. How many rings does the ash have?",
    "{a} is {oak} years old. {b} is {fewer} years younger than {a}, and {c} is {more} years older than {b}. "
    "How old is {c}?",
    oak=span(20, 90),
    fewer=span(2, 40, below="oak"),
    more=span(2, 40),
)

ages.advanced(
    "apart",
    "older = age * times; gap = older - age",
    "{a}'s violin is {age} years old, and {her} teacher's is {times} as old. How many years older is the "
    "teacher's violin?",
    "A tortoise is {age} years old, and its keeper is {times} as old. How many years lie between them?",
    largest=100,
    age=span(6, 40),
    times=worded(TIMES),
)

ages.advanced(
    "twins",
    "both = sum - brother; twin = both / 2",
    "Twin sisters and their brother are {sum} years old together. The brother is {brother}. How old is each "
    "twin?",
    "{a} and {b} were born on the same day, and with {c}, who is {brother}, they are {sum} years old "
    "together. How old is {a}?",
    largest=2 * OLDEST,
    sum=span(15, 120),
    brother=span(2, 40, below="sum"),
)

ages.advanced(
    "heads",
    "pairs = heads * 2; extra = legs - pairs; fours = extra / 2",
    "In a yard with hens and rabbits, {a} counts {heads} heads and {legs} legs. How many rabbits are there?",
    "{a} parks {heads} bicycles and cars, and together they have {legs} wheels. How many of them are cars?",
    heads=span(8, 60),
    four=span(2, 40, below="heads"),
    legs=blend(heads=2, four=2),
)

ages.private(
    "stood",
    "first = count * unit; total = first + extra",
    "The old {mill|bridge|tower} stood for {count} {unit} and then for {extra} more years. How many years "
    "did it stand?",
    "{a}'s family kept the {inn|forge} for {count} {unit}, and then {b}'s family kept it for {extra} years. "
    "For how many years did they keep it in all?",
    "A {wine|cheese} ages for {count} {unit} in oak and for {extra} years in stone. How many years old is "
    "it then?",
    count=span(2, 12, most=60),
    unit=private("unit"),
    extra=span(3, 60),
)

ages.private(
    "clock",
    "stop = age + brand",
    "At the age of {age}, {a} wound up a {brand} clock. How old is {she} when it stops?",
    "{a} was {age} years old when {she} was given a new {brand} clock. How old will {she} be when it stops?",
    largest=OLDEST,
    age=span(5, 60),
    brand=private("brand"),
)

ages.private(
    "reign",
    "first = count * unit; second = more * other; total = first + second",
    "The queen reigned for {count} {unit} and her son for {more} {other}. For how many years did they reign "
    "in all?",
    "A ghost haunts the {attic|cellar} for {count} {unit} and then the {garden|well} for {more} {other}. "
    "How many years is that?",
    count=span(2, 9, most=60),
    unit=private("unit"),
    more=span(2, 9),
    other=private("unit"),
)
