"""How results are shown and said. Reading order:

settings   what a learner can set: the one table of keys, ranges and defaults
state      that table, tied to the session and to the URL
text       every word on screen, by key, in two languages
numbers    how a number is written for a person
controls   the table's settings as Streamlit widgets
drawing    a finished chart and its data sets, on the page
charts     one file a figure: data in, chart out
verdicts   what theory and run say, in words
"""
