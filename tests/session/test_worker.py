"""What the runner's thread answers, called here without a thread."""

from __future__ import annotations

from itertools import chain, repeat

from explorer.network import Network
from explorer.session.document import Document
from explorer.session.request import Request
from explorer.session.subjects.editable_network import EditableNetwork
from explorer.session.worker.passes import FittedInput
from explorer.session.worker.worker import Worker
from tests.ui.fakes import make_picture


def test_a_pass_that_is_given_up_has_no_answer_and_is_no_fault() -> None:
    network = Network.parse("3x16x16 conv(4, 3) relu conv(4, 3) relu")
    document = Document(EditableNetwork.fresh(network))
    request = Request(document, make_picture(), None, None, "eval")
    stops = chain([False, False], repeat(True))  # once before the pass and once inside it
    answers = list(Worker().passes.show(request, lambda: next(stops)))
    assert [type(answer) for answer in answers] == [FittedInput]
