"""Translation of texts of the engine and the session: names and help of parameters, titles, labels, messages.

`python -m gui.engine_translation` prints all of them as calls of `translate`, for tools that collect
texts to translate.
"""

import json
import re

from PyQt6.QtCore import QCoreApplication

from engine.effects import EFFECTS, effect_class
from engine.kinds import KINDS
from session.translatable_message import TEMPLATES, Message, of_error

SLOT_NAMES = ("second", "voice", *EFFECTS)  # prefixes of the names of parameters
_NUMBERED = re.compile(rf"({'|'.join(EFFECTS)})(\d+)")  # the second effect of a name, and so on
_WORD = re.compile(r"[^\W\d_]{2}")  # notes and fractions are the same in all languages


def translate_term(text: str) -> str:
    """Translate a text of the engine."""
    return QCoreApplication.translate("Param", text) if text else ""


def translate_name(name: str) -> str:
    """Translate the name of a parameter with that of its slot, such as "chorus mix" or "delay2 time"."""
    return " ".join(map(_translate_word, name.split()))


def translate_effect(kind: str, number: int) -> str:
    """The title of an effect, `number` of its kind: "Delay", "Delay 2"."""
    title = translate_term(effect_class(kind).title)
    return title if number == 1 else f"{title} {number}"


def translate_message(text: Message | BaseException) -> str:
    """Translate a message of the session, or of an error."""
    found = text if isinstance(text, Message) else of_error(text)
    return found.format(QCoreApplication.translate("Message", found.template))


def _translate_word(word: str) -> str:
    numbered = _NUMBERED.fullmatch(word)
    return f"{translate_term(numbered[1])} {numbered[2]}" if numbered else translate_term(word)


def all_terms() -> list[str]:
    """All texts of the engine, sorted."""
    from engine.instruments import instrument_class
    from engine.voice.tracker_plugin import PARAMS as VOICE

    tables = [instrument_class(kind).params for kind in KINDS.values()]
    params = [param for table in (*tables, VOICE) for param in table]
    effects = [effect_class(name) for name in EFFECTS]
    params += [param for effect in effects for param in effect.params]
    names = {word for param in params for word in (param.name, param.help, *filter(_WORD.search, param.value_names))}
    labels = {text for kind in KINDS.values() for text in (kind.label, kind.learn_label)}
    return sorted({*names, *labels, *SLOT_NAMES, *(effect.title for effect in effects)} - {""})


if __name__ == "__main__":
    for each in all_terms():
        print(f'translate("Param", {json.dumps(each, ensure_ascii=False)})')
    for each in TEMPLATES:
        print(f'translate("Message", {json.dumps(each, ensure_ascii=False)})')
