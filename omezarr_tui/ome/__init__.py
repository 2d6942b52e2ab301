"""MEANING: what the attributes say, whatever the version."""
