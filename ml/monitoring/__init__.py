"""Whether a model is still right: drift, estimated quality, realised quality."""
