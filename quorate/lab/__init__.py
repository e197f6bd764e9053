"""The laboratory: a world of problems, the pool of small models trained on it, and stand-ins for tests."""
