"""Names of slots that hold no effect, and what a chain chooses for the plugin of a slot."""

from dataclasses import replace

from engine.effects import ROOM
from engine.foreign import USUAL_ROUTING, Routing
from session.patch import Chain

ON = "on"  # the switch that every effect has
INSTRUMENT, LAYER, VOICE = "", "second", "voice"
LAYER_ROOM = f"{LAYER} {ROOM}"


def routing_of(chain: Chain, slot: str) -> Routing:
    """What is chosen for the plugin of a slot."""
    if slot == INSTRUMENT:
        return chain.routing
    if slot == LAYER:
        return chain.layer.routing if chain.layer is not None else USUAL_ROUTING
    return next((effect.routing for effect in chain.effects if effect.slot == slot), USUAL_ROUTING)


def with_routing(chain: Chain, slot: str, routing: Routing) -> Chain:
    """A chain with another choice for the plugin of a slot."""
    if slot == INSTRUMENT:
        return replace(chain, routing=routing)
    if slot == LAYER:
        return replace(chain, layer=chain.layer and replace(chain.layer, routing=routing))
    effects = (replace(each, routing=routing) if each.slot == slot else each for each in chain.effects)
    return replace(chain, effects=tuple(effects))
