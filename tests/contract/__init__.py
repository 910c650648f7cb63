"""The documented names, and a walk that asks a warehouse for each of them."""
