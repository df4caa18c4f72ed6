"""The parts that stacks are made of, one idea a module."""

from constructs_lib import bindings

bindings.install()
