"""Feeds of every list: RSS 2.0 with media RSS 1.5.1, Atom (RFC 4287) and JSON Feed 1.1, from what `entries` says of each story."""
