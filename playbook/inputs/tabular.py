"""Turns a table with a 0/1 target, ours or the reader's own CSV, into the numbers a model is trained on."""

from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from playbook.errors import PlaybookError

MOST_CATEGORIES = 20
COMPRESSED = (".gz", ".bz2", ".zip", ".xz")


def read_csv_table(path: str | Path) -> pd.DataFrame:
    r"""Read a CSV table in UTF-8 (with or without a byte-order mark) or GB18030, plain or compressed.

    Raises PlaybookError where the file is missing, empty or not a CSV table.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "loans.csv")
    ...     _ = file.write_text("income,approve\n52,1\n17,0\n", encoding="utf-8")
    ...     read_csv_table(file).shape
    (2, 2)
    """
    path = Path(path)
    if not path.is_file():
        raise PlaybookError(f"{path} is not a file: name a CSV table with -p source PATH.")
    content = path.read_bytes()
    try:
        if b"\0" in content and path.suffix not in COMPRESSED:
            raise ValueError("it is not text")
        try:
            frame = pd.read_csv(path, encoding="utf-8-sig")
        except UnicodeDecodeError:
            frame = pd.read_csv(path, encoding="gb18030")
    except (ValueError, OSError, EOFError) as error:  # pandas' own are ValueErrors
        raise PlaybookError(
            f"{path} cannot be read as a CSV table ({' '.join(str(error).split())}): save it as CSV UTF-8."
        ) from None
    if frame.empty:
        raise PlaybookError(f"{path} holds no rows: name a CSV table with a header and rows.")
    frame.attrs = {
        "name": path.name,
        "sha256": sha256(content).hexdigest(),
        "rows": len(frame),
        "licence": "your own",
    }
    return frame


def design_matrix(frame: pd.DataFrame, target: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Give the features as float columns (rows, features) and the target as int (rows,) of 0 and 1.

    Empty numbers become their column's median, and a text column of up to 20 different values 0/1 columns.
    Other texts (names, addresses) and columns of a single value are left out: see `x.attrs["left_out"]`.
    Raises PlaybookError for a missing target, a target other than 0 and 1, one class only, or no feature.

    >>> table = pd.DataFrame({"income": [52, None, 17, 30], "town": list("ABAB"), "approve": [1, 1, 0, 1]})
    >>> x, y = design_matrix(table, "approve")
    >>> x.columns.tolist(), x["income"].tolist(), y.tolist()
    (['income', 'town_B'], [52.0, 30.0, 17.0, 30.0], [1, 1, 0, 1])
    """
    y = _target(frame, target)
    features = frame.drop(columns=target)
    different = features.nunique()
    numbers = [name for name in features.select_dtypes(["number", "bool"]) if different[name] > 1]
    texts = [
        name
        for name in features.select_dtypes(exclude=["number", "bool"])
        if 1 < different[name] <= MOST_CATEGORIES
    ]
    if not numbers and not texts:
        raise PlaybookError(
            f"No column beside {target!r} can be turned into numbers that vary: add features."
        )
    values = features[numbers].astype(float).replace([np.inf, -np.inf], np.nan)
    x = values.fillna(values.median())
    if texts:
        x = x.join(pd.get_dummies(features[texts], drop_first=True, dtype=float))
    left_out = [str(name) for name in features if name not in {*numbers, *texts}]
    x.attrs = {**frame.attrs, "left_out": left_out}
    return x, y


def _target(frame: pd.DataFrame, target: str) -> np.ndarray:
    if target not in frame.columns:
        names = ", ".join(map(str, frame.columns[:8])) + (" ..." if len(frame.columns) > 8 else "")
        raise PlaybookError(f"The table has no column {target!r}: choose one of {names} with -p target NAME.")
    values = pd.to_numeric(frame[target], errors="coerce")
    if not values.isin([0, 1]).all():
        strange = int((~values.isin([0, 1])).sum())
        raise PlaybookError(
            f"Column {target!r} must hold only 0 and 1, unlike {strange} of its {len(frame)} rows: recode it."
        )
    if values.nunique() < 2:
        raise PlaybookError(
            f"Column {target!r} holds only {values.iloc[0]:.0f}: add rows of the other class."
        )
    return values.to_numpy(dtype=int)
