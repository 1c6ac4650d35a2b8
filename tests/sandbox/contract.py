# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service's contract: its OpenAPI document, compiled once into routes and validators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

CONTRACTS = Path(__file__).parent / "contracts"


class Unroutable(Exception):
    """The document has no such path (404), or not with this method (405)."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _one_of(validator: Any, branches: list[Any], instance: Any, schema: dict[str, Any]) -> Iterator[ValidationError]:
    """Let the discriminator pick the branch: one branch's errors are readable, and checking one is fast."""
    discriminator = schema.get("discriminator")
    if discriminator and isinstance(instance, dict):
        chosen = discriminator["mapping"].get(instance.get(discriminator["propertyName"]))
        if chosen is not None:
            yield from validator.descend(instance, chosen)
            return
    yield from Draft202012Validator.VALIDATORS["oneOf"](validator, branches, instance, schema)


Validator = extend(Draft202012Validator, {"oneOf": _one_of})


def _resolve(node: Any, document: dict[str, Any]) -> Any:
    """Replace references within the document (discriminator mappings too) by what they refer to."""
    if isinstance(node, list):
        return [_resolve(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _resolve(_target(node["$ref"], document), document)
    if "discriminator" in node:
        mapping = node["discriminator"]["mapping"]
        targets = {value: _resolve(_target(reference, document), document) for value, reference in mapping.items()}
        node = {**node, "discriminator": {**node["discriminator"], "mapping": targets}}
    return {key: _resolve(value, document) for key, value in node.items()}


def _target(reference: str, document: dict[str, Any]) -> Any:
    target: Any = document
    for part in reference.removeprefix("#/").split("/"):
        target = target[part]
    return target


def describe(error: ValidationError) -> str:
    return f"{error.json_path}: {error.message}"


@dataclass
class Operation:
    """One method of one path."""

    id: str
    method: str
    path: re.Pattern[str]
    public: bool
    parameters: dict[str, tuple[bool, Any]]
    body: Any
    replies: dict[str, Any]

    def request_errors(self, query: dict[str, str], body: Any) -> Iterator[str]:
        for name in query.keys() - self.parameters.keys():
            yield f"undeclared query parameter {name}"
        for name, (required, validator) in self.parameters.items():
            if name in query:
                value = _typed(query[name], validator.schema)
                yield from (f"query parameter {name}: {error.message}" for error in validator.iter_errors(value))
            elif required:
                yield f"query parameter {name} is missing"
        if self.body is not None:
            yield from map(describe, self.body.iter_errors(body))
        elif body is not None:
            yield "a body where none is declared"

    def reply_errors(self, status: int, body: Any) -> Iterator[str]:
        if str(status) not in self.replies and "default" not in self.replies:
            yield f"undeclared status {status}"
            return
        validator = self.replies.get(str(status), self.replies.get("default"))
        if validator is not None:
            yield from map(describe, validator.iter_errors(body))
        elif body is not None:
            yield f"a body with status {status}, where none is declared"


def _typed(text: str, schema: dict[str, Any]) -> Any:
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    return text


class Contract:
    """The operations and the named schemas of ``contracts/<name>.yaml``."""

    def __init__(self, name: str) -> None:
        document = yaml.safe_load((CONTRACTS / f"{name}.yaml").read_text(encoding="utf-8"))
        document = _resolve(document, document)
        self.schemas = {key: Validator(schema) for key, schema in document["components"]["schemas"].items()}
        # A path without parameters is tried before one with: `/integrations/test` before `/integrations/{id}`.
        paths = sorted(document["paths"].items(), key=lambda item: "{" in item[0])
        self.operations = [
            self._operation(path, method, operation)
            for path, item in paths
            for method, operation in item.items()
            if method in {"get", "post", "put", "patch", "delete"}
        ]

    @staticmethod
    def _operation(path: str, method: str, operation: dict[str, Any]) -> Operation:
        def validator(holder: dict[str, Any]) -> Any:
            content = holder.get("content", {}).get("application/json")
            return None if content is None else Validator(content["schema"])

        literal = re.escape(path).replace(r"\{", "{").replace(r"\}", "}")
        return Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", literal)),
            public=operation.get("security") == [],
            parameters={
                parameter["name"]: (parameter.get("required", False), Validator(parameter["schema"]))
                for parameter in operation.get("parameters", [])
                if parameter["in"] == "query"
            },
            body=validator(operation.get("requestBody", {})),
            replies={str(status): validator(reply) for status, reply in operation["responses"].items()},
        )

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """The operation that a request asks for, and the values in its path."""
        known = False
        for operation in self.operations:
            match = operation.path.fullmatch(path)
            if match and operation.method == method:
                return operation, match.groupdict()
            known = known or match is not None
        raise Unroutable(405 if known else 404)
