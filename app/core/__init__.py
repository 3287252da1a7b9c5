"""The alphabet: what every feature uses and none owns."""
