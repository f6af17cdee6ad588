"""The policies in force for one engine's templates.

Not every face has the numbers of every network: the second one may have been missing when a person enrolled, or when
they check in. Each comparison takes the policy that uses most of what both sides have.
"""

from collections.abc import Collection
from dataclasses import dataclass

from faces.matching.measure import Descriptors
from faces.matching.policy import Policy


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Policies for the templates of one engine; those that want more networks come first, the engine's own alone last.

    Raises ValueError where they don't belong together.
    """

    policies: tuple[Policy, ...]

    def __post_init__(self) -> None:
        if not self.policies or len(self.policies[-1].measure.shares) > 1:
            raise ValueError("a policy set ends with a policy for the engine's own network alone")
        if any(each.engine != self.engine or each.measure.models[0] != self.engine for each in self.policies):
            raise ValueError("a policy set is for one engine, whose network comes first in each measure")

    @property
    def engine(self) -> str:
        """Whose templates it is for."""
        return self.policies[-1].engine

    @property
    def best(self) -> Policy:
        """The policy where nothing is missing."""
        return self.policies[0]

    @property
    def version(self) -> str:
        """The version of the best policy."""
        return self.best.version

    def choose(self, faces: Collection[Descriptors]) -> Policy:
        """Return the first policy whose networks all these faces have; raises KeyError without the engine's own."""
        for policy in self.policies:
            if all(model in face for face in faces for model in policy.measure.models):
                return policy
        raise KeyError(self.engine)
