"""PIXELS: from an array to characters."""
