"""FACE: the only folder that imports Textual."""
