"""All optimizers, by their names in torch.optim. A new one is a class and an entry here."""

from explorer.arithmetic.adam import Adam, AdamW
from explorer.arithmetic.rmsprop import RMSprop
from explorer.arithmetic.sgd import SGD
from explorer.arithmetic.update import Update

UPDATES: tuple[Update, ...] = (SGD(), Adam(), AdamW(), RMSprop())


def update_named(name: str) -> Update:
    """The update of torch.optim's class `name`. Raises ValueError, naming those there are."""
    for update in UPDATES:
        if update.name == name:
            return update
    known = ", ".join(update.name for update in UPDATES)
    raise ValueError(f"The updates of {name} are not explained; those of {known} are.")


def update_of(name: str) -> Update | None:
    """The update of torch.optim's class `name`; None for one that is not listed."""
    return next((update for update in UPDATES if update.name == name), None)
