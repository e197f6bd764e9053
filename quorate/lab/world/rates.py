"""Rates and time: speeds, flows, paces, hours and minutes."""

from __future__ import annotations

from quorate.lab.world.skills import Domain
from quorate.lab.world.slots import blend, divisor, private, span

rates = Domain(
    "rates",
    unit="One {word} is {number} minutes.",
    brand="A {word} engine does {number} km per hour.",
)

rates.basic(
    "drive",
    "distance = speed * hours",
    "A {bus|coach|truck} keeps to {speed} km per hour for {hours} hours. How many kilometres does it cover?",
    "{a} drives for {hours} hours at a steady {speed} km per hour. How many kilometres does {she} drive?",
    "How many kilometres does a {train|van|motorbike} travel in {hours} hours at {speed} km per hour?",
    speed=span(20, 90),
    hours=span(2, 6),
)

rates.basic(
    "leak",
    "filled = flow * minutes; left = filled - lost",
    "A tap pours {flow} litres a minute into a {tub|barrel|trough} for {minutes} minutes, and then {lost} "
    "litres leak out. How many litres are left?",
    "{a} fills a {tub|barrel|pond} for {minutes} minutes at {flow} litres a minute and spills {lost} "
    "litres. How many litres stay inside?",
    "A pump moves {flow} litres a minute into a pool. It runs for {minutes} minutes, but {lost} litres "
    "drain away. How many litres does the pool hold now?",
    flow=span(5, 45),
    minutes=span(2, 9),
    lost=span(3, 60),
)

rates.basic(
    "minutes",
    "whole = hours * 60; total = whole + extra",
    "A {film|concert|lecture} lasts {hours} hours and {extra} minutes. How many minutes is that?",
    "{a} walks for {hours} hours, rests, and walks for another {extra} minutes. For how many minutes does "
    "{she} walk?",
    "A ferry spends {hours} hours at sea and {extra} minutes in the harbour. How many minutes does the trip "
    "take?",
    hours=span(2, 4, most=7),
    extra=span(5, 55),
)

rates.basic(
    "apart",
    "speed = fast + slow; gap = speed * hours",
    "Two {trains|cars|ships} leave in opposite directions, one at {fast} km per hour and the other at "
    "{slow} km per hour, and travel for {hours} hours. How many kilometres are then between them?",
    "{a} and {b} ride away from each other for {hours} hours, {a} at {fast} km per hour and {b} at {slow} "
    "km per hour. How many kilometres apart are they?",
    fast=span(10, 60),
    slow=span(5, 50, unlike="fast"),
    hours=span(2, 5),
)

rates.basic(
    "pace",
    "hourly = made / hours; today = hourly * longer",
    "A robot packs {made} boxes in {hours} hours. Today it works at that pace for {longer} hours. How many "
    "boxes does it pack today?",
    "{a} folds {made} paper {it:cranes|boats|stars} in {hours} hours. Today {she} keeps up that pace for "
    "{longer} hours. How many {it} does {she} fold today?",
    "An oven bakes {made} rolls in {hours} hours, and today it is on for {longer} hours. How many rolls "
    "does it bake today?",
    made=span(12, 120),
    hours=divisor("made"),
    longer=span(2, 9, unlike="hours"),
)

rates.basic(
    "progress",
    "done = daily * days; left = pages - done",
    "A {novel|diary|thick atlas} has {pages} pages, and {a} reads {daily} of them a day for {days} days. "
    "How many pages are left to read?",
    "A tunnel will be {pages} metres long, and the crew digs {daily} metres a day for {days} days. How many "
    "metres are still to be dug?",
    "{a} has {pages} letters to sort and sorts {daily} a day for {days} days. How many letters are left?",
    pages=span(60, 300),
    daily=span(5, 40),
    days=span(2, 9),
)

rates.basic(
    "every",
    "times = time / gap",
    "A fountain jumps once every {gap} seconds and runs for {time} seconds. How many times does it jump?",
    "{a} needs {gap} minutes for a postcard and writes for {time} minutes. How many postcards does {she} "
    "write?",
    "A machine stamps one coin every {gap} seconds and is on for {time} seconds. How many coins does it "
    "stamp?",
    time=span(20, 240),
    gap=divisor("time"),
)

rates.advanced(
    "turnback",
    "away = speed * out; back = speed * home; gap = away - back",
    "A cyclist rides out for {out} hours at {speed} km per hour, turns round, and rides back at the same "
    "speed for {home} hours. How many kilometres from the start is the cyclist now?",
    "{a} paddles away from the {pier|beach|island} for {out} hours at {speed} km per hour, and then "
    "straight back for {home} hours just as fast. How many kilometres are left to paddle?",
    speed=span(5, 20),
    out=span(3, 8),
    home=span(2, 7, below="out"),
)

rates.advanced(
    "upstream",
    "slowed = speed - current; way = slowed * hours",
    "A boat makes {speed} km per hour in still water, but for {hours} hours it fights a current of "
    "{current} km per hour. How many kilometres does it gain?",
    "An airship that could do {speed} km per hour flies for {hours} hours into a headwind of {current} km "
    "per hour. How many kilometres does it get ahead?",
    speed=span(12, 50),
    current=span(2, 15, below="speed"),
    hours=span(2, 6),
)

rates.advanced(
    "express",
    "slow = road / hours; fast = slow + faster",
    "The slow train needs {hours} hours for the {road} km to the coast, and the express is {faster} km per "
    "hour faster. What is the speed of the express in km per hour?",
    "A truck takes {hours} hours over a road of {road} km, and a motorbike is {faster} km per hour faster. "
    "How many km per hour does the motorbike make?",
    road=span(20, 240),
    hours=divisor("road"),
    faster=span(3, 30),
)

rates.advanced(
    "chase",
    "closing = fast - slow; hours = gap / closing",
    "{a} is {gap} km ahead of {b}. {a} rides on at {slow} km per hour while {b} follows at {fast} km per "
    "hour. After how many hours does {b} catch up?",
    "A smuggler's boat has a lead of {gap} km and flees at {slow} km per hour, and the coast guard chases "
    "it at {fast} km per hour. How many hours does the chase last?",
    gap=span(6, 90),
    lead=divisor("gap"),
    slow=span(4, 40),
    fast=blend(slow=1, lead=1),
)

rates.private(
    "wait",
    "waiting = count * unit; total = waiting + extra",
    "The night train waits {count} {unit} at the border and {extra} minutes at the bridge. How many minutes "
    "does it wait in all?",
    "A stew simmers for {count} {unit} and then rests for {extra} minutes. How many minutes does that take?",
    "{a} practises the {harp|tuba|cello} for {count} {unit} and the drums for {extra} minutes. How many "
    "minutes is that?",
    count=span(2, 12, most=90),
    unit=private("unit"),
    extra=span(3, 45),
)

rates.private(
    "engine",
    "distance = hours * brand",
    "A {tram|ferry|truck} with a {brand} engine travels for {hours} hours. How many kilometres does it "
    "cover?",
    "{a} rides through the night, {hours} hours long, behind a {brand} engine. How many kilometres does "
    "{she} ride?",
    hours=span(2, 9, most=9),
    brand=private("brand"),
)

rates.private(
    "halves",
    "first = count * unit; second = more * other; total = first + second",
    "The {play|opera|match} lasts {count} {unit} before the break and {more} {other} after it. How many "
    "minutes is that in all?",
    "{a} sleeps for {count} {unit}, feeds the cat, and sleeps for {more} {other} more. How many minutes "
    "does {she} sleep?",
    count=span(2, 12, most=60),
    unit=private("unit"),
    more=span(2, 9),
    other=private("unit"),
)
