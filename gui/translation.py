"""Translations of the window: .ts files of Qt Linguist, luthier_<language>.ts in gui/translations.

They are read without being compiled; a text that is missing, or has placeholders that are not in the English text,
stays English.
"""

import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from pathlib import Path
from string import Formatter

from PyQt6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

FOLDER = Path(__file__).parent / "translations"
SOURCE_LANGUAGE = "en"  # the language of the source
UNUSED_TYPES = ("vanished", "obsolete")  # of translations of removed texts

_SINGLE = ("id", "ja", "ka", "ko", "lo", "ms", "my", "th", "tr", "vi", "zh")  # one form for all numbers
_ZERO_AS_ONE = ("fr", "hy", "pt_BR")  # 0 and 1 · all others
_BY_ENDING = ("be", "bs", "hr", "ru", "sr", "uk")  # 1, 21, 31 … · 2–4, 22–24 … · all others
_WITH_PAUCAL = ("cs", "sk")  # 1 · 2–4 · all others


class FileTranslator(QTranslator):
    """The texts of one file."""

    def __init__(self, path: Path) -> None:
        """OSError or ValueError where a file cannot be read."""
        super().__init__()
        self._language = path.stem.partition("_")[2]
        self._texts: dict[tuple[str, str], list[str]] = {}
        self._texts_by_source: dict[str, list[str]] = {}  # for texts of a class that are shown by another one
        try:
            root = ElementTree.fromstring(path.read_bytes())
        except ElementTree.ParseError as error:
            raise ValueError(f"{path.name} is no translation: {error}") from None
        for context in root.iter("context"):
            for message in context.iter("message"):
                self._add(context.findtext("name") or "", message)

    def translate(  # type: ignore[override]  # PyQt6's hints do not allow None
        self, context: str | None, sourceText: str | None, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        """[any thread] Called by Qt: a text in this language; None if it is missing."""
        source = sourceText or ""
        forms = self._texts.get((context or "", source)) or self._texts_by_source.get(source)
        if forms is None:
            return None
        text = forms[min(plural_form(self._language, n), len(forms) - 1)] if n >= 0 else forms[0]
        return text if text and _fits(text, source) else None

    def isEmpty(self) -> bool:
        """Called by Qt."""
        return not self._texts

    def _add(self, context: str, message: ElementTree.Element) -> None:
        source, found = message.findtext("source"), message.find("translation")
        if not source or found is None or found.get("type") in UNUSED_TYPES:
            return
        forms = [each.text or "" for each in found.iter("numerusform")] or [found.text or ""]
        if any(forms):
            self._texts[(context, source)] = forms
            self._texts_by_source.setdefault(source, forms)


def install(
    app: QCoreApplication, languages: Iterable[str] | None = None, folder: Path = FOLDER
) -> list[QTranslator]:
    """Install the first language that has a file, before the window is made; the translators installed.

    languages: in order of preference, such as "pt-BR", "de", the system's unless given; none for English.
    """
    for name in QLocale.system().uiLanguages() if languages is None else languages:
        whole = name.replace("-", "_")
        for language in dict.fromkeys((whole, whole.partition("_")[0])):
            path = folder / f"luthier_{language}.ts"
            if language == SOURCE_LANGUAGE:
                return []
            if path.is_file():
                return _install(app, path, language)
    return []


def plural_form(language: str, n: int) -> int:
    """The index of the plural form for a number, as Qt's tools count them; unknown languages have two forms."""
    base = language.partition("_")[0]
    few = 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14
    if base in _SINGLE:
        return 0
    if language in _ZERO_AS_ONE or base in _ZERO_AS_ONE:
        return int(n > 1)
    if base in _BY_ENDING:
        return 0 if n % 10 == 1 and n % 100 != 11 else 1 if few else 2
    if base == "pl":
        return 0 if n == 1 else 1 if few else 2
    if base in _WITH_PAUCAL:
        return 0 if n == 1 else 1 if 2 <= n <= 4 else 2
    return int(n != 1)


def _install(app: QCoreApplication, path: Path, language: str) -> list[QTranslator]:
    """Install a file, and Qt's own texts in this language, such as those of buttons."""
    try:
        texts = FileTranslator(path)
    except (OSError, ValueError) as error:
        print(f"luthier: {error}", file=sys.stderr)
        return []
    qt = QTranslator()
    installed: list[QTranslator] = [texts]
    if qt.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        installed.insert(0, qt)
    for each in installed:
        each.setParent(app)
        app.installTranslator(each)
    return installed


def _fits(text: str, source: str) -> bool:
    """Whether every placeholder of a text is in the source, so that it can be formatted."""
    try:
        return _fields(text) <= _fields(source)
    except ValueError:
        return False


def _fields(text: str) -> set[tuple[str, str | None, str | None]]:
    return {(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(text) if name is not None}
