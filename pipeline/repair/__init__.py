"""Repair: rules propose edits, the engine applies what is sure and holds the rest."""
