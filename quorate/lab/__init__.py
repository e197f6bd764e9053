"""The laboratory: stand-in models, problems and training recipes that need no hub."""
