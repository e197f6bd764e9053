"""Money: prices, change, savings, profit, discounts and debts, all in coins."""

from __future__ import annotations

from quorate.lab.world.skills import Domain
from quorate.lab.world.slots import divisor, fraction, note, private, span

money = Domain(
    "money",
    unit="One {word} is {number} coins.",
    brand="A {word} voucher is worth {number} coins.",
)

money.basic(
    "change",
    "cost = price * count; change = paid - cost",
    "{a} buys {count} {pens|mugs|kites|scarves} at {price} coins each and pays with {paid} coins. How many "
    "coins does {she} get back?",
    "{Hats|Lamps|Maps} cost {price} coins each, and {a} takes {count} and hands over {paid} coins. How many "
    "coins of change are due?",
    price=span(3, 30),
    count=span(2, 9),
    paid=note("price", "count"),
)

money.basic(
    "save",
    "saved = weekly * weeks; total = saved + start",
    "{a} has {start} coins in a jar and adds {weekly} coins a week for {weeks} weeks. How many coins are in "
    "the jar then?",
    "{a} puts {weekly} coins into the bank every week. {She} started with {start} coins, and {weeks} weeks "
    "have gone by. How many coins does {she} have in the bank?",
    weekly=span(2, 40),
    weeks=span(2, 9),
    start=span(5, 90),
)

money.basic(
    "profit",
    "each = price - cost; profit = each * count",
    "A stall buys {lamps|rugs|vases} for {cost} coins apiece and sells {count} of them for {price} coins "
    "apiece. How many coins of profit is that?",
    "{a} bakes {count} {cakes|pies}. Each costs {him} {cost} coins to bake and sells for {price} coins. How "
    "many coins does {she} gain?",
    price=span(12, 90),
    cost=span(4, 60, below="price"),
    count=span(2, 9),
)

money.basic(
    "bill",
    "total = bill + tip; share = total / friends",
    "A bill of {bill} coins and a tip of {tip} coins are shared equally by {friends} friends. How many "
    "coins does each of them pay?",
    "{a} goes out to {dinner|lunch} with friends, {friends} people in all. The food costs {bill} coins, "
    "they add a tip of {tip} coins, and everyone pays the same. How many coins is that for each?",
    bill=span(20, 180),
    tip=span(2, 30),
    friends=divisor(("bill", "tip")),
)

money.basic(
    "second",
    "half = price / 2; cost = half + price; total = cost + bag",
    "{Hats|Mugs|Kites} cost {price} coins each, and the second one is half price. {a} takes two, and also a "
    "bag for {bag} coins. How many coins does {she} pay?",
    "{a} buys two {pots|lamps|books}, the first for {price} coins and the second for half of that, and also "
    "a bag for {bag} coins. How many coins does {she} pay?",
    price=span(4, 90),
    bag=span(2, 12),
)

money.basic(
    "purse",
    "spent = first + second; left = purse - spent",
    "{a} has {purse} coins and spends {first} on {bread|honey|apples} and {second} on {cheese|tea|candles}. "
    "How many coins are left?",
    "There are {purse} coins in the tin. {a} takes out {first} coins and {b} takes out {second}. How many "
    "coins stay in the tin?",
    purse=span(40, 300),
    first=span(5, 90, below="purse"),
    second=span(5, 90, below="purse"),
)

money.basic(
    "wage",
    "earned = wage * hours",
    "{a} earns {wage} coins an hour and works for {hours} hours. How many coins does {she} earn?",
    "A {gardener|painter|piper} is paid {wage} coins for each of {hours} hours. How many coins is that?",
    wage=span(5, 50),
    hours=span(2, 9),
)

money.advanced(
    "taxi",
    "out = zone * zones; both = out * 2; fare = both + fee",
    "A taxi charges {zone} coins a zone and a single fee of {fee} coins. {a} rides out through {zones} "
    "zones and back again in the same taxi. How many coins is the fare?",
    "For a return trip the ferryman wants {zone} coins a mile in each direction and {fee} coins for the "
    "luggage, and the island is {zones} miles away. How many coins does the trip cost?",
    zone=span(3, 25),
    zones=span(2, 6),
    fee=span(2, 40),
)

money.advanced(
    "loan",
    "part = loan / parts; payment = part + interest",
    "{a} borrows {loan} coins and pays them back in {parts} equal parts, each with {interest} coins of "
    "interest on top. How many coins is one payment?",
    "A loan of {loan} coins is repaid in {parts} equal payments, and {interest} coins of interest are added "
    "to every one. How many coins are paid each time?",
    loan=span(20, 300),
    parts=divisor("loan"),
    interest=span(2, 25),
)

money.advanced(
    "voucher",
    "reduced = ticket - off; total = reduced * guests",
    "A {concert|circus} ticket costs {ticket} coins, but a coupon takes {off} coins off each one, and {a} "
    "needs {guests} tickets. How many coins does {she} pay?",
    "A room costs {ticket} coins a night, less {off} coins a night in winter. {a} stays for {guests} winter "
    "nights. How many coins does {she} pay?",
    ticket=span(12, 80),
    off=span(2, 30, below="ticket"),
    guests=span(2, 9),
)

money.advanced(
    "sale",
    "cut = price / share; reduced = price - cut; total = reduced * count",
    "In the sale, {share} of the price is taken off every {coat|rug|clock}. The old price was {price} "
    "coins, and {a} buys {count} of them. How many coins does {she} pay?",
    "A {chair|kettle|saddle} used to cost {price} coins, and now {share} of that is taken off. {a} orders "
    "{count}. How many coins is the order?",
    price=span(10, 120),
    share=fraction("price"),
    count=span(2, 6),
)

money.private(
    "abroad",
    "coins = count * unit; total = coins + fee",
    "A {lamp|rug|parrot} in the harbour shop costs {count} {unit}, and the porter wants {fee} coins. How "
    "many coins is that together?",
    "{a} changes {count} {unit} into coins and already has {fee} coins. How many coins does {she} have now?",
    "The guide asks for {count} {unit} and the boatman for {fee} coins. How many coins do they ask for "
    "together?",
    count=span(2, 15, most=90),
    unit=private("unit"),
    fee=span(3, 60),
)

money.private(
    "voucher_paid",
    "left = bill - brand",
    "{a}'s {dinner|new coat|piano lesson} costs {bill} coins, and {she} hands over a {brand} voucher. How "
    "many coins are left to pay?",
    "A bill comes to {bill} coins, and a {brand} voucher is set against it. How many coins must still be "
    "paid?",
    bill=span(30, 200),
    brand=private("brand"),
)

money.private(
    "pockets",
    "first = count * unit; second = more * other; total = first + second",
    "{a} finds {count} {unit} in one pocket and {more} {other} in another. How many coins is that?",
    "A thief drops {count} {unit} on the stairs and {more} {other} in the yard. How many coins are they "
    "worth in all?",
    count=span(2, 12, most=60),
    unit=private("unit"),
    more=span(2, 9),
    other=private("unit"),
)
