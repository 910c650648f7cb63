"""Model monitoring: drift, estimated quality, live performance."""
