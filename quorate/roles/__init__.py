"""Roles: written by a model from a description of the task, by hand, or drawn from a library of thirty.

library     thirty roles that fit any task          writing     one call of a model for a whole data set
assigning   who gets which                          diversity   how different the answers are that come of it

What a file of roles holds is in `quorate.role_files`, which protocols may read too.
"""

from quorate.role_files import Role, Roles, load_roles, read_roles
from quorate.roles.assigning import assign, in_roles
from quorate.roles.diversity import Diversity, DiversityGain, compare_diversity, role_diversity
from quorate.roles.library import groups, library, pick
from quorate.roles.writing import write_roles

__all__ = [
    "Diversity",
    "DiversityGain",
    "Role",
    "Roles",
    "assign",
    "compare_diversity",
    "groups",
    "in_roles",
    "library",
    "load_roles",
    "pick",
    "read_roles",
    "role_diversity",
    "write_roles",
]
