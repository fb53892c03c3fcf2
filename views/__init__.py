"""How results are shown and said. Reading order:

settings       what a learner can set: the one table of keys, ranges and defaults
state          that table, tied to the session and to the URL
text           every word on screen, by key, in two languages
numbers        how a number is written for a person
tables         the table of numbers behind a learner's own loss; `csv_text` and `csv_table` read one from a file
problem        which loss of one parameter the settings mean
bowls          which bowl they mean, made or of a table
experiments    which network of the depth lab they mean
schedule_race  which race of schedules they mean
fit            which fit of a line they mean
starts         which random starts they mean
depth_maps     which network of the map, and where it stands
outlook        what can be known of a training before its first update
training       a network in training, without and with batch norm, in `slices` of a tenth of a second
controls       the table's settings as Streamlit widgets
lesson         a lesson: question, committed answer, explanation; `answers` knows what is right
lesson_file    reads one, `lesson_step` a step of it; `lesson_error` refuses what does not fit
guide          a lesson on the page; `guide_moves` are the ways through it
guide_paper    what it leaves behind on the page and on paper; `lesson_summary` puts it into words and files
page           what stands around every lesson, and its three places
doors          what Streamlit is kept from: to store every upload, to ask the net
turns          why full runs of a page wait for each other
charts         one file a figure: data in, chart out
drawing        a finished chart and its data sets, on the page; `arrow_stream` writes them for the browser
lazily         what is loaded only when somebody asks for it
verdicts       what theory and run say, in words
figure_notes   what can be taken away of a figure: its numbers, its picture, and the program that computes them
descent_table  those of a run on one loss; `bowl_table` those of a run on a bowl, `batch_norm_table` of a network
scripts        the programs
"""

import gdcore  # noqa: F401  before numpy is loaded: it says how many threads numpy may use
