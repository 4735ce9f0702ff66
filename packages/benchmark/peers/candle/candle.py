"""The network in candle (src/lib.rs), which build.mjs has compiled."""

from native import Native
from protocol import race

race(lambda weights, dtype, **setting: Native(f"two_layer_candle_{dtype}.so", weights))
