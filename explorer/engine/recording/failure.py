"""The call that made a pass fail, in a sentence."""

from __future__ import annotations

from explorer.engine.errors import OutOfMemoryError, RecordError, requested_memory, shape_text

ONE_VALUE = "Expected more than 1 value per channel when training"  # PyTorch's words, as F.batch_norm raises them


class Failure:
    """The call that raised, and what it was given."""

    def __init__(self, error: BaseException, name: str, shapes: tuple[tuple[int, ...], ...]) -> None:
        self.error = error
        self.name = name
        self.shapes = shapes

    def explained(self) -> RecordError:
        given = f" on {', '.join(shape_text(shape) for shape in self.shapes)}" if self.shapes else ""
        size = requested_memory(self.error)
        if size is not None:
            wanted = f"{size} of memory" if size else "more memory"
            message = f"{self.name} failed{given}: it needs {wanted}, which the device does not have."
            return OutOfMemoryError(message, call=self.name, input_shapes=self.shapes)
        reason = str(self.error).strip().split("\n")[0].rstrip(".!") or type(self.error).__name__
        if isinstance(self.error, KeyError):  # which says nothing but the key
            reason = f"there is no key {reason}"
        if isinstance(self.error, SystemExit):  # nothing but a status
            reason = "it asked the program to end"
        if reason.startswith(ONE_VALUE):
            reason = "in train mode it needs more than one value a channel; take a larger batch, or run in eval mode"
        return RecordError(f"{self.name} failed{given}: {reason}.", call=self.name, input_shapes=self.shapes)
