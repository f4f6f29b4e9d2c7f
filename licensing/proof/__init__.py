"""Proof of a licence: signed, as machines read it, printed, sealed with what was delivered, and verified by anybody.

reading, unpacking, verifying and __main__ import nothing but joserfc and Python itself, so that a proof can outlive this site.
"""
