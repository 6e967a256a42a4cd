"""The one kind of error that a reader is meant to see: a sentence that says what, where and what to do."""


class PlaybookError(ValueError):
    """A clear sentence for the reader; the command line prints it and exits with code 2.

    >>> raise PlaybookError("my.csv has no column 'text': name one of its columns with -p text NAME.")
    Traceback (most recent call last):
    playbook.errors.PlaybookError: my.csv has no column 'text': name one of its columns with -p text NAME.
    """

    def _render_traceback_(self) -> list[str]:
        # IPython shows this instead of a stack of frames that says nothing to the reader of a notebook.
        return [f"{type(self).__name__}: {self}"]
