"""Several functions at the same time, under whatever threads there are."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any


def perform(
    functions: Sequence[Callable[[], Any]], thread: Any, died: Callable[[BaseException], None] | None = None
) -> list[Any]:
    """`thread` is the class of threads. Returns the values in order when all have ended; raises what the first of them raised.

    `died` is told at once: the others may wait for that one for ever.
    """
    values: list[Any] = [None] * len(functions)
    errors: list[BaseException | None] = [None] * len(functions)

    def run(index: int) -> None:
        try:
            values[index] = functions[index]()
        except BaseException as error:
            errors[index] = error
            if died is not None:
                died(error)

    threads = [thread(target=run, args=(index,), name=f"thread {index + 1}") for index in range(len(functions))]
    for each in threads:
        each._grader_watch = True
        each.start()
    for each in threads:
        each.join()
    for error in errors:
        if error is not None:
            raise error
    return values
