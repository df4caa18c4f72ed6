"""Settings from hand-written Terraform's states, proven by a plan over copies of them."""

from ops.adopt.adoption import Adoption, Candidate, given, prove, read, write

__all__ = ["Adoption", "Candidate", "given", "prove", "read", "write"]
