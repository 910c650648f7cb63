"""The risk models: targets, inputs, labels, training, scoring, stored predictions."""
