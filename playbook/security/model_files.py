"""Model files that run code when they are loaded, scanners that let them pass, and a format that cannot."""

import io
import pickle
import pickletools
import timeit
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from playbook.errors import PlaybookError
from playbook.security.tampering import accepts

if TYPE_CHECKING:
    import pandas as pd

# What scanners of pickles look for: modules and names known to be dangerous. No such list is complete.
DENIED = frozenset({"os", "posix", "nt", "subprocess", "sys", "shutil", "socket", "runpy", "builtins"})
# What an array needs, by full name, and nothing else.
ALLOWED = frozenset({"numpy.ndarray", "numpy.dtype", "numpy._core.multiarray._reconstruct"})


class _Call:
    """Pickles as a call of `function`, which whoever loads the file carries out."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self._call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._call


def pickles(marker: Path) -> dict[str, bytes]:
    """Make four pickles of the same weights; three also run code when loaded, which writes the file `marker`.

    The code stands for anything that whoever loads the file may do. It is called through `exec`, through a
    timer of the standard library, and through a helper inside numpy.
    """
    from numpy.testing._private.utils import runstring

    code = f"open({str(marker)!r}, 'w').close()"
    calls = {
        "calls exec": _Call(exec, code),
        "calls a timer": _Call(timeit.timeit, code, "pass", timeit.default_timer, 1),
        "calls numpy": _Call(runstring, code, {}),
    }
    weights = {"weights": np.arange(6, dtype="<f4").reshape(2, 3)}
    files = {"weights alone": weights} | {name: weights | {"note": call} for name, call in calls.items()}
    return {name: pickle.dumps(content, protocol=4) for name, content in files.items()}


def names(content: bytes) -> set[str]:
    """Give what a pickle would import, as `module.name`, without loading it, as scanners do.

    Somebody who knows the scanner can fool it: what it reads off the opcodes is not what Python will do.

    >>> sorted(names(pickle.dumps(np.zeros(1), protocol=4)))
    ['numpy._core.multiarray._reconstruct', 'numpy.dtype', 'numpy.ndarray']
    """
    found, texts, memo = set(), ["", ""], []
    for opcode, argument, _ in pickletools.genops(content):
        if opcode.name == "MEMOIZE":
            memo.append(texts[-1])
        elif opcode.name in ("BINGET", "LONG_BINGET"):
            texts.append(memo[argument])
        elif opcode.name == "GLOBAL":
            found.add(argument.replace(" ", "."))
        elif opcode.name == "STACK_GLOBAL":
            found.add(".".join(texts[-2:]))
        elif isinstance(argument, str):
            texts.append(argument)
    return found


class _Listed(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        if f"{module}.{name}" not in ALLOWED:
            raise PlaybookError(f"the file calls {module}.{name}, which no weights need: do not load it.")
        return super().find_class(module, name)


def load_listed(content: bytes) -> object:
    """Load a pickle that calls the three names which arrays need; any other is refused before it is called.

    Raises PlaybookError for every other content.
    """
    try:
        return _Listed(io.BytesIO(content)).load()
    except PlaybookError:
        raise
    except Exception as error:  # a pickle may fail in any way that Python knows
        raise PlaybookError(f"the file is no pickle of arrays ({type(error).__name__}).") from None


def read_tensors(content: bytes) -> dict[str, np.ndarray]:
    """Read a file of the safetensors format; there is nothing in it that could be called.

    Raises PlaybookError where lengths, shapes and places do not fit one another to the byte.

    >>> from safetensors.numpy import save
    >>> read_tensors(save({"a": np.eye(2)}))["a"].tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return load(content)
    except (SafetensorError, KeyError):  # KeyError: a type that numpy does not have
        raise PlaybookError("the file is not safetensors, or was cut: fetch it again.") from None


def verdicts(folder: Path) -> "pd.DataFrame":
    """Load each of `pickles` and say whether code ran, and who would have let the file through."""
    import pandas as pd

    marker, rows = folder / "ran", {}
    for name, content in pickles(marker).items():
        pickle.loads(content)
        rows[name] = {
            "code ran": marker.exists(),
            "deny-list": not any(name in DENIED or name.split(".")[0] in DENIED for name in names(content)),
            "numpy.*": all(name.startswith("numpy.") for name in names(content)),
            "three names": accepts(load_listed, content),
            "safetensors": accepts(read_tensors, content),
        }
        marker.unlink(missing_ok=True)
    return pd.DataFrame.from_dict(rows, orient="index")
