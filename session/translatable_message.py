"""Messages to the user: English templates, translated where they are displayed."""

ENGINE_STOPPED = "The engine has stopped: {0}: {1}"
RECORDING_FAILED = "{0} could not be written on: {1}"
INSTRUMENT_MISSING = "{0} needs the instrument {1}, which is not there: let its file fall on the window"
NAME_TAKEN = "There is an instrument called {0} already"
NOT_A_PATCH = "{0} is no patch"
TEMPLATES = (ENGINE_STOPPED, RECORDING_FAILED, INSTRUMENT_MISSING, NAME_TAKEN, NOT_A_PATCH)


class Message:
    """A template with placeholders {0}, {1}, … and their values; `str` gives the English text."""

    def __init__(self, template: str, *args: object) -> None:
        self.template, self.args = template, args

    def __str__(self) -> str:
        return self.format(self.template)

    def format(self, template: str) -> str:
        """The text in the language of a template; one without arguments is taken as it is."""
        return template.format(*self.args) if self.args else template


def of_error(error: BaseException) -> Message:
    """The message that an error was raised with, or its text."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, Message) else Message(str(error))
