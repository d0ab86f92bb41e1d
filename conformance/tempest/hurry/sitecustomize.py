"""Tempest's workers import this first: its client of subnets pauses ten seconds before each deletion, for the sake of a
network back end that is slow to forget. Yun needs no such grace, and the judge is stricter without it."""
try:
    from tempest.lib.services.network import subnets_client
except ImportError:  # some other Python of this host
    pass
else:

    class Hurry:
        @staticmethod
        def sleep(seconds):
            pass

    # Debian 12's Tempest; where there is no such pause, nothing is changed.
    if hasattr(subnets_client, "time"):
        subnets_client.time = Hurry
