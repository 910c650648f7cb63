"""What every kind of model shares: the registry, cards, the optional log of trainings."""
