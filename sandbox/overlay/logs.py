"""`logging` on the overlay's threads: as the program left it in one run, it must not be in the next. Its locks are no choices."""

from __future__ import annotations

from sandbox.overlay.locks import NoLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def install(logging: Any) -> None:
    """Handlers of the standard library write in one piece; one of the program's own keeps a lock that is seen."""
    std_create = logging.Handler.createLock
    logging._lock = NoLock()
    logging._known = dict(logging.root.manager.loggerDict)
    logging._fresh = [
        (logger, _emptied(logger.__dict__))
        for logger in (logging.root, *logging._known.values())
        if isinstance(logger, logging.Logger)
    ]
    logging._last = logging.lastResort
    logging._levels = dict(logging._levelToName)

    def create_lock(self: Any) -> None:
        if type(self).__module__.partition(".")[0] == "logging":
            self.lock = NoLock()
        else:
            std_create(self)

    logging.Handler.createLock = create_lock
    logging.lastResort.createLock()


def _emptied(logger: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of a logger that nobody has used yet."""
    return {**logger, "handlers": [], "filters": [], "_cache": {}}


def reset(logging: Any) -> None:
    """As the module was when it was loaded."""
    manager = logging.root.manager
    if manager.loggerDict != logging._known:
        manager.loggerDict.clear()
        manager.loggerDict.update(logging._known)
    for logger, fresh in logging._fresh:
        if logger.__dict__ != fresh:
            logger.__dict__.clear()
            logger.__dict__.update(_emptied(fresh))
    manager.disable = 0
    manager.emittedNoHandlerWarning = False
    logging._handlers.clear()
    del logging._handlerList[:]
    logging.lastResort = logging._last
    logging.raiseExceptions = True
    if len(logging._levelToName) != len(logging._levels):
        logging._levelToName.clear()
        logging._levelToName.update(logging._levels)
        logging._nameToLevel.clear()
        logging._nameToLevel.update({name: level for level, name in logging._levels.items()}, WARN=30, FATAL=50)


def finish(logging: Any) -> None:
    """At the end of the program: what `atexit` would do."""
    if logging._handlerList:
        logging.shutdown()
