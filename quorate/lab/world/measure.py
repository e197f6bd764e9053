"""Measure and geometry: lengths, areas, angles and volumes."""

from __future__ import annotations

from quorate.lab.world.skills import Domain
from quorate.lab.world.slots import private, span

measure = Domain(
    "measure",
    unit="One {word} is {number} metres.",
    brand="A {word} cable is {number} metres long.",
)

measure.basic(
    "fence",
    "half = length + width; fence = half * 2",
    "A {garden|meadow|paddock} is {length} m long and {width} m wide, and a fence runs all the way round "
    "it. How many metres long is the fence?",
    "{a} sews a ribbon round the edge of a flag that measures {length} cm by {width} cm. How many "
    "centimetres of ribbon does {she} need?",
    length=span(8, 90),
    width=span(3, 60),
)

measure.basic(
    "carpet",
    "area = length * width",
    "A carpet covers a {hall|corridor|stage} of {length} m by {width} m. How many square metres is that?",
    "{a} sows grass on a strip {length} m long and {width} m wide. How many square metres does {she} sow?",
    "How many square metres is a {field|court|yard} {length} m long and {width} m wide?",
    length=span(5, 60),
    width=span(2, 9),
)

measure.basic(
    "hole",
    "sheet = length * width; hole = side * side; left = sheet - hole",
    "A square with a side of {side} m is cut out of a {cloth|lawn|sail} that measures {length} m by {width} "
    "m. How many square metres are left?",
    "{a} paints a wall {length} m long and {width} m high, all but a square window with a side of {side} m. "
    "How many square metres does {she} paint?",
    length=span(5, 40),
    width=span(3, 9),
    side=span(2, 6, below=("width", "length")),
)

measure.basic(
    "triangle",
    "legs = side * 2; edge = legs + base",
    "A triangle has two equal sides of {side} cm and a base of {base} cm. How many centimetres is it around?",
    "{a} bends a wire into a triangle with a base of {base} cm and two sides of {side} cm each. How many "
    "centimetres of wire does {she} use?",
    side=span(8, 80),
    base=span(3, 60, below="side"),
)

measure.basic(
    "angle",
    "known = first + second; third = 180 - known",
    "Two angles of a triangle measure {first} and {second} degrees. How many degrees does the third one "
    "measure?",
    "A sail has three corners, and two of them have angles of {first} and {second} degrees. What is the "
    "third angle in degrees?",
    first=span(20, 120, most=150),
    second=span(15, 90),
)

measure.basic(
    "plank",
    "used = piece * count; left = plank - used",
    "A carpenter saws {count} pieces of {piece} cm each from a {plank|board} that is {plank} cm long. How "
    "many centimetres are left over?",
    "{a} has {plank} cm of {ribbon|string} and cuts off {count} pieces of {piece} cm each. How many "
    "centimetres does {she} have left?",
    plank=span(60, 300),
    piece=span(5, 45),
    count=span(2, 9),
)

measure.basic(
    "tower",
    "blocks = height * count; total = blocks + table",
    "On a table {table} cm high, {a} builds a tower of {count} blocks of {height} cm each. How many "
    "centimetres above the floor is the top?",
    "A {pillar|statue} stands on a step of {table} cm and is made of {count} stones, each {height} cm high. "
    "How many centimetres does it reach in all?",
    height=span(3, 30),
    count=span(2, 9),
    table=span(20, 90),
)

measure.advanced(
    "tank",
    "layer = length * width; volume = layer * depth",
    "A tank {length} dm long and {width} dm wide is filled to a depth of {depth} dm. How many litres does "
    "it hold?",
    "{a} stacks crates without gaps: {length} in a row, {width} rows in a layer, and {depth} layers. How "
    "many crates are there?",
    length=span(2, 24, most=60),
    width=span(2, 8),
    depth=span(2, 5),
)

measure.advanced(
    "midline",
    "both = top + bottom; middle = both / 2",
    "A trapezoid has parallel sides of {top} cm and {bottom} cm. How many centimetres long is the line "
    "halfway between them?",
    "A ladder has straight sides, a lowest rung of {bottom} cm and a highest rung of {top} cm. How many "
    "centimetres wide is it halfway up?",
    top=span(6, 80),
    bottom=span(6, 90),
)

measure.advanced(
    "wire",
    "half = wire / 2; other = half - side",
    "{a} bends a wire of {wire} cm into a rectangle with one side of {side} cm. How many centimetres long "
    "is the other side?",
    "A rectangular {pen|flowerbed} is closed in by exactly {wire} m of fence, and one side takes {side} m. "
    "How many metres does the other side take?",
    wire=span(20, 240),
    side=span(3, 60),
)

measure.advanced(
    "frame",
    "base = length + width; corner = base + height; sticks = corner * 4",
    "{a} builds the frame of a box from sticks along its edges. The box is {length} cm long, {width} cm "
    "wide and {height} cm high. How many centimetres of stick does {she} need?",
    "A lantern has the shape of a box {length} cm long, {width} cm wide and {height} cm high, and a wire "
    "runs along every edge. How many centimetres of wire are there?",
    length=span(5, 50),
    width=span(3, 30),
    height=span(3, 30),
)

measure.private(
    "rope",
    "metres = count * unit; total = metres + extra",
    "A rope is {count} {unit} long, and {a} ties another {extra} metres to it. How many metres long is it "
    "now?",
    "The {well|cave|mine} goes down {count} {unit}, and the ladder stands out {extra} metres above it. How "
    "many metres long is the ladder?",
    "A kite flies {count} {unit} above a tower that is {extra} metres high. How many metres above the "
    "ground is the kite?",
    count=span(2, 15, most=90),
    unit=private("unit"),
    extra=span(3, 60),
)

measure.private(
    "cable",
    "line = cables * brand",
    "Workers lay {cables} {brand} cables end to end. How many metres long is the line?",
    "{a} needs exactly {cables} {brand} cables to reach the {lighthouse|far bank|next valley}. How many "
    "metres is that?",
    cables=span(2, 9, most=9),
    brand=private("brand"),
)

measure.private(
    "trail",
    "first = count * unit; second = more * other; total = first + second",
    "A trail runs {count} {unit} uphill and {more} {other} along the ridge. How many metres long is it?",
    "{a} swims {count} {unit} to the raft and {more} {other} to the shore. How many metres does {she} swim?",
    count=span(2, 12, most=60),
    unit=private("unit"),
    more=span(2, 9),
    other=private("unit"),
)
