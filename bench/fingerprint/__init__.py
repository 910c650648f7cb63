"""What a warehouse holds, in one sorted file, and what differs between two such files.

Belongs here: reading a built warehouse from its database alone, so that any older tree of code can be measured with
it, and the comparison. Does not: assertions about what the contents should be (`tests`).
"""
