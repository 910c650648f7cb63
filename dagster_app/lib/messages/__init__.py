"""The message classifier: inputs, training, stored classifications."""
