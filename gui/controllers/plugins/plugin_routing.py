"""The routing controller: what the side chain of a plugin hears and which of its outputs are heard, undoably."""

from dataclasses import replace

from PyQt6.QtCore import QObject

from engine.foreign import Outputs, SideChain
from gui.controllers.parameters import ParameterController
from gui.panels.chain_bar import ChainBar
from gui.panels.routing_menu import SlotChoice
from session.rack import routing_of, with_routing

SIDE_CHAIN, OUTPUTS = "side chain ", "outputs "  # prefixes of the keys of choices


class RoutingController(QObject):
    """Offers what can be chosen for a slot, and takes the choice."""

    def __init__(self, parameters: ParameterController, chain_bar: ChainBar) -> None:
        super().__init__()
        self._parameters = parameters
        chain_bar.routed.connect(self._route)

    def choices(self, slot: str) -> tuple[SlotChoice, ...]:
        """What can be chosen for a slot; nothing where its plugin has neither side chain nor further outputs."""
        plugin, routing = self._parameters.routable.get(slot), routing_of(self._parameters.chain, slot)
        found: list[SlotChoice] = []
        if plugin is not None and plugin.has_side_chain:
            group = self.tr("Side chain")
            titles = {
                SideChain.INPUT: self.tr("What comes before it"),
                SideChain.MICROPHONE: self.tr("The microphone"),
                SideChain.SILENCE: self.tr("Silence"),
            }
            for each, title in titles.items():
                found.append(SlotChoice(group, title, SIDE_CHAIN + each, each is routing.side_chain))
        if plugin is not None and plugin.has_further_outputs:
            group = self.tr("Outputs")
            names = {Outputs.ALL: self.tr("All of them, added up"), Outputs.FIRST: self.tr("The first pair alone")}
            for which, title in names.items():
                found.append(SlotChoice(group, title, OUTPUTS + which, which is routing.outputs))
        return tuple(found)

    def _route(self, slot: str, key: str) -> None:
        chain = self._parameters.chain
        routing = routing_of(chain, slot)
        if slot not in self._parameters.routable:
            return  # the chain has just changed
        if key.startswith(SIDE_CHAIN):
            routing = replace(routing, side_chain=SideChain(key.removeprefix(SIDE_CHAIN)))
        elif key.startswith(OUTPUTS):
            routing = replace(routing, outputs=Outputs(key.removeprefix(OUTPUTS)))
        self._parameters.set_chain(self.tr("side chain and outputs"), with_routing(chain, slot, routing))
