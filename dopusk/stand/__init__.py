"""The stand: PostgreSQL, the three sites, the worker and the live app started together on one machine.

It knows the sites only as commands to run and addresses to call; no site imports it.
"""
