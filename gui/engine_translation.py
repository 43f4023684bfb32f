"""Translation of texts of the engine and the session: names and help of parameters, titles, labels, messages.

`python -m gui.engine_translation` prints all of them as calls of `translate`, for tools that collect
texts to translate.
"""

import json

from PyQt6.QtCore import QCoreApplication

from engine.effects import EFFECTS, effect_class
from engine.kinds import KINDS
from session.translatable_message import TEMPLATES, Message, of_error

SLOT_NAMES = ("second", "voice", *EFFECTS)  # prefixes of the names of parameters


def translate_term(text: str) -> str:
    """Translate a text of the engine."""
    return QCoreApplication.translate("Param", text) if text else ""


def translate_name(name: str) -> str:
    """Translate the name of a parameter with that of its slot, such as "chorus mix"."""
    return " ".join(map(translate_term, name.split()))


def translate_message(text: Message | BaseException) -> str:
    """Translate a message of the session, or of an error."""
    found = text if isinstance(text, Message) else of_error(text)
    return found.format(QCoreApplication.translate("Message", found.template))


def all_terms() -> list[str]:
    """All texts of the engine, sorted."""
    from engine.instruments import instrument_class
    from engine.voice.scales import SCALES
    from engine.voice.tracker_plugin import PARAMS as VOICE

    tables = [instrument_class(kind).params for kind in KINDS.values()]
    params = [param for table in (*tables, VOICE) for param in table]
    effects = [effect_class(name) for name in EFFECTS]
    params += [param for effect in effects for param in effect.params]
    names = {word for param in params for word in (param.name, param.help)}
    labels = {text for kind in KINDS.values() for text in (kind.label, kind.learn_label)}
    return sorted({*names, *labels, *SCALES, *SLOT_NAMES, *(effect.title for effect in effects)} - {""})


if __name__ == "__main__":
    for each in all_terms():
        print(f'translate("Param", {json.dumps(each, ensure_ascii=False)})')
    for each in TEMPLATES:
        print(f'translate("Message", {json.dumps(each, ensure_ascii=False)})')
