"""CHANGE: plan, confirm, journal, apply, undo."""
