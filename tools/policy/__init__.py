"""Policy: checkov's built-in rules on the synthesized stacks. docs/policy.md says where the project's own rules are."""
