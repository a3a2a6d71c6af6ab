"""Every fix of every problem of random networks: it takes its problem away and breaks nothing that was fine.

`python -m tests.campaigns.fixes --count 5000 --seed 1` prints the first network, made small, of which that is not so.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from explorer.network import Network
from tests.network import strategies


def wrong_fixes(network: Network) -> Iterator[str]:
    """A line for each fix that leaves its problem, or after which a layer that ran does so no more."""
    told = _told(network)
    ran = {name for name, shape in zip(network.names, network.shapes(), strict=True) if shape is not None}
    ran -= faulty(network)
    for problem in network.problems():
        if problem.fix is None:
            continue
        fixed = problem.fix.network
        this = problem.layer, problem.message
        if _told(fixed).count(this) >= told.count(this):
            yield f"{problem.fix.label!r} leaves {problem.message!r}"
        broken = ran & faulty(fixed)
        if broken:
            yield f"{problem.fix.label!r} for {problem.message!r} breaks {sorted(broken)}"
        if not faulty(network) and faulty(fixed):
            yield f"{problem.fix.label!r} for a remark makes an error"


def _told(network: Network) -> list[tuple[str, str]]:
    return [(problem.layer, problem.message) for problem in network.problems()]


def faulty(network: Network) -> set[str]:
    """The layers with an error."""
    return {problem.layer for problem in network.problems() if problem.severity == "error"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()

    @seed(asked.seed)
    @settings(max_examples=asked.count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(network=st.one_of(strategies.networks(), strategies.running_networks()))
    def check(network: Network) -> None:
        if len(set(network.names)) == len(network.names):
            assert list(wrong_fixes(network)) == [], network.text()

    check()
    print(f"{asked.count} networks, every fix sound")


if __name__ == "__main__":
    main()
