"""The constructs that stacks consist of, one idea a module."""

from constructs_lib import bindings

bindings.install()
