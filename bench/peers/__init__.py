"""The same work done by other tools, written as their users would write it."""
