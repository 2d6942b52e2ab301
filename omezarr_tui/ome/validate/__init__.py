"""What is wrong with the metadata, by which sentence of the specification, and how to mend it."""
