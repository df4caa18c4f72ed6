"""Settings from hand-written Terraform's states, proven by a plan over copies of them."""

from ops.adopt.adoption import Adoption, Candidate, check_free, given, prove, read, unproven, write

__all__ = ["Adoption", "Candidate", "check_free", "given", "prove", "read", "unproven", "write"]
