"""The names of knobs, and what they do, in the player's language: the engine says them in English.

python -m gui.terms prints all of them, as translators' tools read them.
"""

import json

from PyQt6.QtCore import QCoreApplication

from engine.effects import EFFECTS, effect_class
from engine.kinds import KINDS
from session.user_message import TEMPLATES, Message, of_error

LINKS = ("second", "voice", *EFFECTS)  # of a chain


def said(words: str) -> str:
    """What the engine says, translated."""
    return QCoreApplication.translate("Param", words) if words else ""


def named(knob: str) -> str:
    """The name of a knob, after that of the link that it is on, such as "chorus mix"."""
    return " ".join(map(said, knob.split()))


def message(text: Message | BaseException) -> str:
    """A message of the session, or of an error, translated."""
    found = text if isinstance(text, Message) else of_error(text)
    return found.format(QCoreApplication.translate("Message", found.template))


def everything() -> list[str]:
    """All that can be said."""
    from engine.instruments import instrument_class
    from engine.voice.scales import SCALES
    from engine.voice.tracker_plugin import PARAMS as VOICE

    tables = [instrument_class(kind).params for kind in KINDS.values()]
    params = [param for table in (*tables, VOICE) for param in table]
    effects = [effect_class(name) for name in EFFECTS]
    params += [param for effect in effects for param in effect.params]
    names = {word for param in params for word in (param.name, param.help)}
    labels = {text for kind in KINDS.values() for text in (kind.label, kind.learn_label)}
    return sorted({*names, *labels, *SCALES, *LINKS, *(effect.title for effect in effects)} - {""})


if __name__ == "__main__":
    for each in everything():
        print(f'translate("Param", {json.dumps(each, ensure_ascii=False)})')
    for each in TEMPLATES:
        print(f'translate("Message", {json.dumps(each, ensure_ascii=False)})')
