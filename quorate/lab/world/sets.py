"""Sets and fractions: overlaps, parts of a whole, sharing out."""

from __future__ import annotations

from quorate.lab.world.skills import Domain
from quorate.lab.world.slots import divisor, fraction, private, span

sets = Domain(
    "sets",
    unit="One {word} of beads is {number} beads.",
    brand="A {word} box holds {number} matches.",
)

sets.basic(
    "either",
    "counted = tea + milk; either = counted - both",
    "In a {class|choir|camp}, {tea} children like tea, {milk} like milk, and {both} like both. How many "
    "like at least one of the two?",
    "On an island, {tea} people can sail, {milk} can fish, and {both} of them can do both. How many can do "
    "one or the other?",
    tea=span(8, 120),
    milk=span(8, 90),
    both=span(2, 40, below=("tea", "milk")),
)

sets.basic(
    "rest",
    "part = total / every; rest = total - part",
    "In a {bag|jar|box} of {total} {it:marbles|beads|sweets}, one out of every {every} is red. How many "
    "{it} are not red?",
    "{a} picks {total} {it:apples|plums|pears}, and one in {every} has a worm. How many {it} have none?",
    total=span(12, 200),
    every=divisor("total"),
)

sets.basic(
    "some",
    "groups = total / every; chosen = groups * some",
    "Of {total} {it:tiles|buttons|flags}, {some} out of every {every} are blue. How many {it} are blue?",
    "A {baker|market woman} sells {total} loaves, and {some} in every {every} are rye. How many loaves are "
    "rye?",
    total=span(12, 200),
    every=divisor("total", 3),
    some=span(2, 8, below="every"),
)

sets.basic(
    "deal",
    "dealt = total / players; hand = dealt + held",
    "{a} deals {total} {it:cards|tokens|stones} equally to {players} players, who already hold {held} {it} "
    "each. How many {it} does each player hold now?",
    "Each of {players} pirates has {held} {it:pearls|rubies}, and they share out a chest of {total} more. "
    "How many {it} does each pirate have now?",
    total=span(12, 200),
    players=divisor("total"),
    held=span(2, 60),
)

sets.basic(
    "others",
    "named = red + blue; others = total - named",
    "In a pond with {total} fish, {red} are red and {blue} are blue. How many fish have another colour?",
    "{a} sorts {total} {it:stamps|shells|books} and puts {red} into one drawer and {blue} into a second. "
    "How many {it} are still on the table?",
    total=span(40, 300),
    red=span(5, 120, below="total"),
    blue=span(5, 90, below="total"),
)

sets.basic(
    "rows",
    "chairs = rows * seats; empty = chairs - people",
    "A hall has {rows} rows of {seats} chairs, and {people} people sit down. How many chairs stay empty?",
    "{a} plants {rows} rows of {seats} {it:tulips|beans|roses}, and {people} of them do not come up. How "
    "many {it} come up?",
    rows=span(3, 30),
    seats=span(3, 9),
    people=span(5, 90),
)

sets.basic(
    "teams",
    "pairs = people / 2; rest = pairs - gone",
    "A dance begins with {people} people in pairs. After an hour {gone} pairs have gone home. How many "
    "pairs still dance?",
    "{a} matches {people} socks into pairs and gives {gone} pairs away. How many pairs does {she} keep?",
    people=span(16, 200),
    gone=span(2, 30),
)

sets.advanced(
    "one",
    "first = club - both; second = choir - both; total = first + second",
    "The chess club has {club} members and the choir has {choir}, and {both} people belong to both. How "
    "many belong to exactly one of them?",
    "A street has {club} cat lovers and {choir} dog lovers, and {both} neighbours are counted twice because "
    "they love both. How many love only one of the two?",
    club=span(8, 120),
    choir=span(8, 90),
    both=span(2, 30, below=("club", "choir")),
)

sets.advanced(
    "sprouts",
    "lost = seeds / share; good = seeds - lost; total = good * each",
    "{a} sows {seeds} seeds, and {share} of them fail. Each of the others grows {each} sprouts. How many "
    "sprouts are there?",
    "A juggler owns {seeds} boxes, and {share} of them are empty. There are {each} balls in each of the "
    "others. How many balls are there?",
    seeds=span(10, 120),
    share=fraction("seeds"),
    each=span(2, 5),
)

sets.advanced(
    "jars",
    "good = jars - broken; total = good * shelves",
    "A cellar has {shelves} shelves with {jars} jars each, and on every shelf {broken} jars are cracked. "
    "How many jars are whole?",
    "{a} packs {shelves} crates with {jars} eggs each, and {broken} eggs break in every crate. How many "
    "eggs stay whole?",
    jars=span(8, 60),
    broken=span(2, 20, below="jars"),
    shelves=span(2, 9),
)

sets.advanced(
    "leftovers",
    "given = total / share; rest = total - given; half = rest / 2",
    "{a} gives {share} of {total} {it:stickers|cherries|marbles} to {b} and half of the rest to {c}. How "
    "many {it} are left?",
    "A dragon guards {total} jewels. A knight steals {share} of them, and a crow takes half of what "
    "remains. How many jewels are left?",
    total=span(12, 240),
    share=fraction("total"),
)

sets.private(
    "beads",
    "beads = count * unit; total = beads + extra",
    "{a} buys {count} {unit} of beads and finds {extra} more beads in a drawer. How many beads does {she} "
    "have?",
    "A crown is set with {count} {unit} of beads and a belt with {extra} beads. How many beads are there on "
    "both?",
    count=span(2, 15, most=90),
    unit=private("unit"),
    extra=span(3, 60),
)

sets.private(
    "matches",
    "matches = boxes * brand",
    "{a} empties {boxes} {brand} boxes on the table. How many matches lie there?",
    "A {camper|scout|sailor} takes {boxes} full {brand} boxes along. How many matches is that?",
    boxes=span(2, 9, most=9),
    brand=private("brand"),
)

sets.private(
    "strings",
    "first = count * unit; second = more * other; total = first + second",
    "A necklace takes {count} {unit} of red beads and {more} {other} of green ones. How many beads is that?",
    "{a} spills {count} {unit} of beads in the hall and {more} {other} of beads on the stairs. How many "
    "beads must {she} pick up?",
    count=span(2, 12, most=60),
    unit=private("unit"),
    more=span(2, 9),
    other=private("unit"),
)
