"""What is wrong with a document, and where."""

from typing import NamedTuple


class Problem(NamedTuple):
    """`code` is stable; `path` names the offending place as `limits[2].team`."""

    code: str
    detail: str
    path: str


class InvalidCase(ValueError):
    """The document is not a valid case; the attributes are those of its first problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.code = problem.code
        self.detail = problem.detail
        self.path = problem.path
