"""What happens to simulated customers month by month: hidden drivers, events they cause, decisions, payments.

Out of scope: how that is written down (`warehouse.sample.records`).
"""
