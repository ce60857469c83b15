"""What is looked for in the rows of a file before they are stored: see docs/prompt-files.md.

One module a question, over plain values: no module here but `report` knows a model.
"""
