"""The pages that buyers see: buying a story, an order and its quote, licences and their packages."""
