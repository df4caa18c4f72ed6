"""Terraform's plugin protocol, version 6: the service that Terraform calls, over one provider.

The messages are those of HashiCorp's tfplugin6.proto, compiled in PyPI's `tf`. Any failure goes back as a diagnostic,
so that Terraform never sees a broken plugin.
"""

# ruff: noqa: N802 (the calls are named by the protocol)
from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

from tf.gen import tfplugin_pb2 as pb

from sandbox.providers.provider import Path, Problem, Provider
from sandbox.providers.schema import ProviderSchemas, Schema
from sandbox.providers.values import Value, equal, from_json, pack, unpack

Behavior = TypeVar("Behavior")


class PluginService:
    """The provider service: each method without an underscore is the call of that name, from request to response."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._schemas = ProviderSchemas(provider.address, provider.version)
        self._client: Any = None

    def handlers(self) -> dict[str, Callable[[Any, Any], Any]]:
        """What answers each call, by its name: a request and gRPC's context in, a response out."""
        methods = pb.DESCRIPTOR.services_by_name["Provider"].methods
        return {method.name: self._answering(method.name) for method in methods if hasattr(self, method.name)}

    def _answering(self, call: str) -> Callable[[Any, Any], Any]:
        def answer(request: Any, _context: Any) -> Any:
            try:
                return getattr(self, call)(request)
            except Problem as error:
                problem = error
            except Exception as error:
                problem = Problem(f"The stand-in provider failed: {error!r}", traceback.format_exc())
            response = getattr(pb, call).Response(diagnostics=[_diagnostic(problem)])
            if call == "ApplyResourceChange":
                # Terraform takes an error without a state for a deletion, and would forget the object.
                response.new_state.CopyFrom(request.prior_state)
                response.private = request.planned_private
            return response

        return answer

    def GetProviderSchema(self, _: Any) -> Any:
        return self._schema_response

    @cached_property
    def _schema_response(self) -> Any:
        schemas = self._schemas
        return pb.GetProviderSchema.Response(
            provider=schemas.provider.to_protobuf(pb),
            resource_schemas={name: schema.to_protobuf(pb) for name, schema in schemas.resources.items()},
            data_source_schemas={name: schema.to_protobuf(pb) for name, schema in schemas.data_sources.items()},
            server_capabilities=pb.ServerCapabilities(get_provider_schema_optional=True),
        )

    def ValidateProviderConfig(self, request: Any) -> Any:
        self._provider.validate(_read(request.config, self._schemas.provider))
        return pb.ValidateProviderConfig.Response()

    def ConfigureProvider(self, request: Any) -> Any:
        self._client = self._provider.configure(_read(request.config, self._schemas.provider))
        return pb.ConfigureProvider.Response()

    def ValidateResourceConfig(self, request: Any) -> Any:
        if request.type_name in self._provider.resources:
            config = _read(request.config, self._schemas.resources[request.type_name])
            self._provider.resources[request.type_name].validate(config)
        return pb.ValidateResourceConfig.Response()

    def ValidateDataResourceConfig(self, _: Any) -> Any:
        return pb.ValidateDataResourceConfig.Response()

    def UpgradeResourceState(self, request: Any) -> Any:
        schema = self._schemas.resources[request.type_name]
        state = from_json(schema.type, json.loads(request.raw_state.json))
        return pb.UpgradeResourceState.Response(upgraded_state=_written(state, schema))

    def ReadResource(self, request: Any) -> Any:
        resource, schema = _behavior(self._provider.resources, self._schemas.resources, request.type_name)
        state = resource.read(self._client, schema, _read(request.current_state, schema))
        return pb.ReadResource.Response(new_state=_written(state, schema), private=request.private)

    def PlanResourceChange(self, request: Any) -> Any:
        resource, schema = _behavior(self._provider.resources, self._schemas.resources, request.type_name)
        prior, proposed, config = (
            _read(wire, schema) for wire in (request.prior_state, request.proposed_new_state, request.config)
        )
        plan = resource.plan(schema, prior, proposed, config)
        return pb.PlanResourceChange.Response(
            planned_state=_written(plan.state, schema),
            requires_replace=[_attribute_path(path) for path in plan.replace],
            planned_private=request.prior_private or self._private(schema),
            legacy_type_system=self._provider.legacy_sdk,
        )

    def ApplyResourceChange(self, request: Any) -> Any:
        resource, schema = _behavior(self._provider.resources, self._schemas.resources, request.type_name)
        prior, planned = _read(request.prior_state, schema), _read(request.planned_state, schema)
        state = prior
        if planned is None:
            state = resource.delete(self._client, schema, prior)
        elif prior is None:
            state = resource.create(self._client, schema, planned)
        elif not equal(schema.type, prior, planned):
            state = resource.update(self._client, schema, prior, planned)
        return pb.ApplyResourceChange.Response(
            new_state=_written(state, schema),
            private=request.planned_private,
            legacy_type_system=self._provider.legacy_sdk,
        )

    def ImportResourceState(self, request: Any) -> Any:
        resource, schema = _behavior(self._provider.resources, self._schemas.resources, request.type_name)
        state = _written(resource.import_state(self._client, schema, request.id), schema)
        imported = pb.ImportResourceState.ImportedResource(
            type_name=request.type_name, state=state, private=self._private(schema)
        )
        return pb.ImportResourceState.Response(imported_resources=[imported])

    def ReadDataSource(self, request: Any) -> Any:
        source, schema = _behavior(self._provider.data_sources, self._schemas.data_sources, request.type_name)
        state = source.read(self._client, schema, _read(request.config, schema))
        return pb.ReadDataSource.Response(state=_written(state, schema))

    def GetFunctions(self, _: Any) -> Any:
        return pb.GetFunctions.Response()

    def StopProvider(self, _: Any) -> Any:
        return pb.StopProvider.Response()

    def _private(self, schema: Schema) -> bytes:
        """What terraform-plugin-sdk keeps beside a state."""
        return b'{"schema_version":"%d"}' % schema.version if self._provider.legacy_sdk else b""


def _behavior(
    behaviors: Mapping[str, Behavior], schemas: Mapping[str, Schema], type_name: str
) -> tuple[Behavior, Schema]:
    if type_name not in behaviors:
        detail = "The stand-in provider knows its schema only: it can be validated, but not planned or applied."
        raise Problem(f"{type_name} is not emulated by the stand-in provider", detail)
    return behaviors[type_name], schemas[type_name]


def _read(wire: pb.DynamicValue, schema: Schema) -> Value:
    return from_json(schema.type, json.loads(wire.json)) if wire.json else unpack(wire.msgpack, schema.type)


def _written(value: Value, schema: Schema) -> pb.DynamicValue:
    return pb.DynamicValue(msgpack=pack(value, schema.type))


def _attribute_path(path: Path) -> pb.AttributePath:
    step = pb.AttributePath.Step
    return pb.AttributePath(
        steps=[step(element_key_int=part) if isinstance(part, int) else step(attribute_name=part) for part in path]
    )


def _diagnostic(problem: Problem) -> pb.Diagnostic:
    error = pb.Diagnostic.ERROR
    where = _attribute_path(problem.path) if problem.path else None
    return pb.Diagnostic(severity=error, summary=problem.summary, detail=problem.detail, attribute=where)
