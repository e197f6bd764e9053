"""Recipes: one file a reproduction, each with data called `REPRODUCTION`; a new file is found by itself.

du2023                debate by agents and rounds
sparse2024            debate over sparse graphs
mad                   affirmative against negative side, and a judge
reconcile             different models around a table, votes weighted by confidence
debate_or_vote        what a vote is worth beside debates over three graphs, and whether beliefs drift
adaptive_consistency  self-consistency that stops when the vote is safe

Figures come from the papers named beside them; each column says how sure it is that they do.
"""
