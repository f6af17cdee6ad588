"""Reads the settings of a process. Whatever is wrong with them is one line, without their values: some are secret."""

import logging
import os
from collections.abc import Iterable
from difflib import SequenceMatcher

from pydantic import ValidationError

from service.configuration.settings import Settings

_SHORTEST = 7  # letters of a name of ours that others are compared with: HOST or PORT resemble too much
_CERTAIN, _LIKELY = 0.9, 0.8
_log = logging.getLogger("cme.settings")


class WrongSettings(ValueError):
    """A setting is not valid, or its name is misspelt. The message is one line for the person at the terminal."""


def read_settings() -> Settings:
    """Return the settings of the environment. Raises WrongSettings.

    A variable whose name is nearly one of ours is refused: otherwise the setting would silently keep its default. Of a
    name that only resembles one of ours, the log warns.
    """
    _check_names(os.environ)
    try:
        return Settings()
    except ValidationError as error:
        raise WrongSettings(explain(error)) from None


def explain(error: ValidationError) -> str:
    """Return one line that names the settings that are not valid and why, without their values: some are secret."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    own = [one for one in found if one["type"] != "default_factory_not_called"] or found  # the others only follow
    lines = [f"{'.'.join(str(part) for part in one['loc']).upper()} {one['msg']}".strip() for one in own]
    return "; ".join(line.replace("Value error, ", "", 1) for line in lines)


def _check_names(names: Iterable[str]) -> None:
    """Compare the names of variables with those of the settings. Raises WrongSettings."""
    ours = [name.upper() for name in Settings.model_fields]
    compared = [name for name in ours if len(name) >= _SHORTEST]
    for name in sorted({each.upper() for each in names} - set(ours)):
        likeness, nearest = max((_likeness(name, each), each) for each in compared)
        if likeness >= _CERTAIN:
            raise WrongSettings(f"{name} is no setting; did you mean {nearest}? README.md lists all settings")
        if likeness >= _LIKELY and name.partition("_")[0] == nearest.partition("_")[0]:
            _log.warning("%s is no setting and has no effect; the nearest one is %s", name, nearest)


def _likeness(name: str, ours: str) -> float:
    """Return how alike two names are, from 0 to 1. Names of the same letters in another order are as good as equal."""
    if sorted(name) == sorted(ours):
        return 1.0
    letters = SequenceMatcher(None, name, ours, autojunk=False)
    return letters.ratio() if letters.quick_ratio() >= _LIKELY else 0.0
