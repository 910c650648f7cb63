"""Charts of the model card, one family per file, each returning inline SVG text.

Belongs here: drawing. Does not: computing metrics (metrics, evaluation) or the page (model_card).
"""
