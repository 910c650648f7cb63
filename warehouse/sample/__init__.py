"""The simulated company: a pest-control and hygiene service, written as a data package.

Belongs here: the simulation (hidden drivers, what they cause) and its writing to files. Loading the
package, features, labels and models do not: they must work on the files alone, as with any company.
"""

from warehouse.sample.generate import generate, read_receipt
from warehouse.sample.options import DeliveryFault, DriftSwitch, Driver, SampleOptions

__all__ = ["DeliveryFault", "DriftSwitch", "Driver", "SampleOptions", "generate", "read_receipt"]
