"""What the commands share: settings are read, and each expected failure is one line on stderr and exit code 2."""

import sys
from collections.abc import Callable

from service.configuration.reading import read_settings
from service.configuration.settings import Settings
from service.running.failures import why


def run_command(program: str, act: Callable[[Settings], str], *, refusals: tuple[type[Exception], ...] = ()) -> int:
    """Read the settings, run `act`, print the text that it returns, and return the exit code: 2 if it fails.

    refusals: errors of `act` whose message is meant for the person at the terminal. An error that nobody expects is
    raised, with its traceback.
    """
    try:
        print(act(read_settings()))  # noqa: T201 - for the person at the terminal
    except Exception as error:
        line = str(error).partition("\n")[0] if isinstance(error, refusals) else why(error)
        if line is None:
            raise
        print(f"{program}: {line}", file=sys.stderr)  # noqa: T201
        return 2
    return 0
