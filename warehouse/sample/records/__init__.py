"""The records that the simulated company keeps of what happened: customers, documents, messages, invoices, ledger.

Out of scope: what happens (`warehouse.sample.simulation`), and the files' format (`warehouse.sample.files`).
"""
