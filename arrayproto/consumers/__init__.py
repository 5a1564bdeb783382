"""Consumer libraries: what `arrayproto.adopt` puts into their modules.

`flavour` is the namespace that they get; one small file a consumer has what is not a call of NumPy.
Another distribution ships such a file as an entry point of the group ``arrayproto.consumers``,
whose name is the consumer's and which names a `Consumer`.
"""

from __future__ import annotations

from .consumer import Consumer, Row
from .flavour import Flavour
from .registry import CONSUMERS, find_consumers
from .substitution import restored, substituted

__all__ = ["CONSUMERS", "Consumer", "Flavour", "Row", "find_consumers", "restored", "substituted"]
