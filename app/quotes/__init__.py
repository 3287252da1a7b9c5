"""From a request to a priced proposal that can be compared, accepted, declined, or expires."""
