"""Whether models are still right: drift, estimated and realised quality, label coverage, their alerts."""
