"""Speed, memory and accuracy, measured beside peers in the same run.

Belongs here: what is timed, against whom, and the table of results.
Does not: assertions about speed (tests do not time), or code that the project itself needs to run.
"""
