"""What happens to simulated customers month by month: hidden drivers, events they cause, decisions, payments.

Does not belong here: how that is written down (`warehouse.sample.records`).
"""
