"""Files beside the modules of a package: texts, and templates of the pages that are written."""

from importlib.resources import files

import jinja2


class PackageFiles:
    """The files of a package, by its name."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._environment = jinja2.Environment(
            loader=jinja2.FunctionLoader(self.text), autoescape=True, undefined=jinja2.StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    def text(self, name: str) -> str:
        """The text of a file."""
        return (files(self._package) / name).read_text(encoding="utf-8")

    def template(self, name: str) -> jinja2.Template:
        """A template; what it inserts is escaped, and a name that it does not know is an error."""
        return self._environment.get_template(name)
