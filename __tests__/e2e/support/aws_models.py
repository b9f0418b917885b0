"""Checks what is sent to AWS, and what is answered, against AWS's published models.

These are botocore's models of the services and, within Cloud Control's documents, the schemas of CloudFormation's types.
CheckedAgainstModels stands in front of any emulator that is an ASGI application.
"""

import base64
import binascii
import json
import re
import traceback
import unicodedata
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from botocore.loaders import Loader
from botocore.model import ServiceModel, ShapeResolver

TYPES = Path(__file__).resolve().parents[2] / "cloudformation-types"

# botocore's model of each service, by the name that its requests are signed for.
SERVICES = {
    "cloudformation": "cloudformation",
    "cloudcontrolapi": "cloudcontrol",
    "iam": "iam",
    "logs": "logs",
    "organizations": "organizations",
    "sts": "sts",
    "support": "support",
}
# S3 says by method and path what it is asked; nothing here decodes that.
UNCHECKED = {"s3"}

# Errors of every service, which no model lists: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
COMMON_ERRORS = {
    "query": set(
        "AccessDenied ExpiredToken IncompleteSignature InternalFailure InvalidClientTokenId MissingAuthenticationToken OptInRequired"
        " RequestExpired ServiceUnavailable SignatureDoesNotMatch Throttling ValidationError".split()
    ),
    "json": set(
        "AccessDeniedException ExpiredTokenException IncompleteSignatureException InternalFailure InvalidSignatureException"
        " MissingAuthenticationTokenException OptInRequired RequestExpired ServiceUnavailable ThrottlingException"
        " UnrecognizedClientException ValidationException".split()
    ),
}


class Json:
    """Values as JSON has them."""

    def fields(self, value):
        return {name: field for name, field in value.items() if field is not None} if isinstance(value, dict) else None

    def items(self, value, shape):
        return value if isinstance(value, list) else None

    def entries(self, value, shape):
        return list(value.items()) if isinstance(value, dict) else None

    def scalar(self, value, shape):
        kind = shape.type_name
        if kind == "timestamp":
            return value if is_number(value) else None
        if kind == "blob":
            return bytes_of(value) if isinstance(value, str) else None
        if kind in ("integer", "long"):
            return value if is_number(value) and value == int(value) else None
        if kind in ("float", "double"):
            return value if is_number(value) else None
        return value if isinstance(value, {"string": str, "boolean": bool}[kind]) else None


class Document(Json):
    """JSON for a schema, to which null is a value."""

    def fields(self, value):
        return value if isinstance(value, dict) else None


class Text:
    """Scalars as text has them."""

    def scalar(self, value, shape):
        kind = shape.type_name
        if not isinstance(value, str):
            return None
        if kind == "timestamp":
            return time_of(value)
        if kind == "blob":
            return bytes_of(value)
        if kind in ("integer", "long"):
            return int(value) if re.fullmatch(r"-?\d+", value) else None
        if kind in ("float", "double"):
            return float(value) if re.fullmatch(r"-?\d+(\.\d+)?([eE]-?\d+)?", value) else None
        return {"true": True, "false": False}.get(value) if kind == "boolean" else value


class Form(Text):
    """Values of a form whose fields have dots in their names, as trees of them."""

    def fields(self, value):
        return value if isinstance(value, dict) else None

    def items(self, value, shape):
        if value == "":
            return []
        return numbered(value if shape.serialization.get("flattened") else alone(value, shape.member, "member"))

    def entries(self, value, shape):
        if value == "":
            return []
        pairs = numbered(value if shape.serialization.get("flattened") else alone(value, shape, "entry"))
        if pairs is None or any(not isinstance(pair, dict) or set(pair) != {"key", "value"} for pair in pairs):
            return None
        return [(pair["key"], pair["value"]) for pair in pairs]


class Xml(Text):
    """Values as elements."""

    def fields(self, value):
        fields = {}
        for child in value:
            # Of a name that stands twice, no field is right.
            fields[tag(child)] = None if tag(child) in fields else child
        return None if (value.text or "").strip() and not len(value) else fields

    def items(self, value, shape):
        name = shape.member.serialization.get("name", "member")
        return list(value) if all(tag(child) == name for child in value) else None

    def entries(self, value, shape):
        pairs = [{tag(part): part for part in child} for child in value]
        if any(set(pair) != {"key", "value"} for pair in pairs):
            return None
        return [(pair["key"], pair["value"]) for pair in pairs]

    def scalar(self, value, shape):
        return None if len(value) else super().scalar(value.text or "", shape)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def bytes_of(text):
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None


def time_of(text):
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None


def numbered(value):
    """What has the names 1, 2, 3 …"""
    if not isinstance(value, dict) or set(value) != {str(number + 1) for number in range(len(value))}:
        return None
    return [value[str(number + 1)] for number in range(len(value))]


def alone(value, shape, name):
    """What stands below that name, and nothing beside it."""
    name = shape.serialization.get("name", name)
    return value[name] if isinstance(value, dict) and set(value) == {name} else None


def tag(element):
    return element.tag.rpartition("}")[2]


def tree_of(pairs):
    """The fields of a form, by the parts of their names."""
    tree = {}
    for name, value in pairs:
        *parents, last = name.split(".")
        branch = tree
        for parent in parents:
            branch = branch.setdefault(parent, {})
            if not isinstance(branch, dict):
                return None
        if last in branch:
            return None
        branch[last] = value
    return tree


@cache
def expression(pattern):
    r"""A pattern of the models, which are Java's: \w and \s are ASCII, and \p{L} is all letters there are."""
    return re.compile(re.sub(r"\\p\{(\w+)\}", lambda category: characters()[category[1]], pattern), re.ASCII)


@cache
def characters():
    """All characters there are, by the category of Unicode, as the inside of brackets."""
    ranges = {}
    for category, codes in groupby(range(0x110000), lambda code: unicodedata.category(chr(code))[0]):
        first, *_, last = [*codes] * 2
        ranges.setdefault(category, []).append(f"\\U{first:08x}-\\U{last:08x}")
    return {category: "".join(spans) for category, spans in ranges.items()}


class Message:
    """One request or answer, and where it differs from its model."""

    def __init__(self, side, operation):
        self.side = side
        self.operation = operation
        self.deviations = []

    def note(self, path, kind, received, expected):
        self.deviations.append(
            {
                **{"side": self.side, "operation": self.operation, "path": path, "kind": kind},
                **{"received": str(received)[:300], "expected": str(expected)},
            }
        )

    def check(self, shape, value, form, path=""):
        """Notes where a value differs from its shape."""
        if value is None:
            self.note(path, "type", "null, or an element twice", shape.type_name)
        elif shape.type_name == "structure":
            self.check_structure(shape, value, form, path)
        elif shape.type_name == "list":
            items = form.items(value, shape)
            if items is None:
                return self.note(path, "type", shown(value), "a list")
            self.check_size(shape, len(items), path, "items")
            for item in items:
                self.check(shape.member, item, form, f"{path}[]")
        elif shape.type_name == "map":
            entries = form.entries(value, shape)
            if entries is None:
                return self.note(path, "type", shown(value), "a map")
            self.check_size(shape, len(entries), path, "entries")
            for key, item in entries:
                self.check(shape.key, key, form, f"{path}{{key}}")
                self.check(shape.value, item, form, f"{path}{{}}")
        else:
            self.check_scalar(shape, value, form, path)

    def check_structure(self, shape, value, form, path):
        fields = form.fields(value)
        if fields is None:
            return self.note(path, "type", shown(value), "a structure")
        names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
        for name, field in fields.items():
            member = f"{path}.{name}" if path else name
            if name in names:
                self.check(shape.members[names[name]], field, form, member)
            else:
                self.note(member, "unknown", shown(field), f"one of {', '.join(names)}" if names else "nothing")
        for name in shape.required_members:
            name = shape.members[name].serialization.get("name", name)
            if name not in fields:
                self.note(f"{path}.{name}" if path else name, "missing", "nothing", "a value")

    def check_scalar(self, shape, raw, form, path):
        value = form.scalar(raw, shape)
        if value is None:
            return self.note(path, "type", shown(raw), shape.type_name)
        if isinstance(value, (str, bytes)):
            self.check_size(shape, len(value), path, "characters" if isinstance(value, str) else "bytes")
        elif is_number(value) and shape.type_name != "timestamp":
            self.check_size(shape, value, path, "")
        if not isinstance(value, str):
            return
        if shape.enum and value not in shape.enum:
            self.note(path, "enum", value, f"one of {', '.join(shape.enum)}")
        pattern = shape.metadata.get("pattern")
        if pattern and not expression(pattern).fullmatch(value):
            self.note(path, "pattern", value, pattern)

    def check_size(self, shape, size, path, unit):
        smallest, largest = shape.metadata.get("min"), shape.metadata.get("max")
        if (smallest is not None and size < smallest) or (largest is not None and size > largest):
            limits = f"{smallest if smallest is not None else 'any'} to {largest if largest is not None else 'any'} {unit}"
            self.note(path, "size", f"{size} {unit}".strip(), limits.strip())

    def check_document(self, shape, text, path):
        """Notes where JSON in a string differs from its shape."""
        document = json_of(text)
        if not isinstance(document, dict):
            return self.note(path, "type", text, "a JSON object")
        self.check(shape, document, Document(), path)


def shown(value):
    return ElementTree.tostring(value, encoding="unicode") if isinstance(value, ElementTree.Element) else value


def json_of(text):
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return None


SCHEMA_KEYS = set(
    "typeName description sourceUrl tagging properties additionalProperties primaryIdentifier required readOnlyProperties"
    " createOnlyProperties writeOnlyProperties handlers".split()
)
# What stands for each in botocore's models.
PROPERTY_KEYS = {"description": None, "type": "type", "pattern": "pattern", "enum": "enum", "minLength": "min", "maxLength": "max"}


class CloudFormationType:
    """A type of CloudFormation, whose schema is flat."""

    def __init__(self, schema):
        strange = {*schema} - SCHEMA_KEYS | {key for rule in schema["properties"].values() for key in rule} - {*PROPERTY_KEYS}
        if strange or schema["additionalProperties"] is not False:
            raise ValueError(f"Can't check {schema['typeName']}: its schema has {strange or 'additionalProperties'}.")
        names = lambda key: [path.removeprefix("/properties/") for path in schema.get(key, [])]
        self.identifier = names("primaryIdentifier")
        self.required = schema["required"]
        self.unchangeable = {*names("readOnlyProperties"), *names("createOnlyProperties")}
        self.properties = schema["properties"]
        self.created = self.shape(without=names("readOnlyProperties"), required=self.required)
        self.read = self.shape(without=names("writeOnlyProperties"), required=[*self.required, *self.identifier])
        self.listed = self.shape(without=names("writeOnlyProperties"), required=self.identifier)
        self.identified = self.shape(without=set(self.properties) - set(self.identifier), required=self.identifier)
        self.changed = self.shape(without=self.unchangeable, required=[])

    def shape(self, without, required):
        """The schema as a shape of botocore."""
        rules = {name: rule for name, rule in self.properties.items() if name not in without}
        shapes = {name: {PROPERTY_KEYS[key]: rule[key] for key in rule if PROPERTY_KEYS[key]} for name, rule in rules.items()}
        members = {name: {"shape": name} for name in rules}
        structure = {"type": "structure", "members": members, "required": [name for name in required if name in rules]}
        return ShapeResolver({**shapes, "Type": structure}).get_shape_by_name("Type")


@cache
def cloudformation_type(name):
    file = TYPES / f"{name.replace('::', '_')}.json"
    return CloudFormationType(json.loads(file.read_text())) if file.exists() else None


def check_desired(message, parameters):
    """Notes where Cloud Control is asked for what a type's schema doesn't allow."""
    kind = cloudformation_type(str(parameters.get("TypeName")))
    if kind is None:
        return message.note("TypeName", "type-name", parameters.get("TypeName"), f"a type in {TYPES.name}")
    if "DesiredState" in parameters:
        message.check_document(kind.created, parameters["DesiredState"], "DesiredState")
    if "Identifier" in parameters:
        parts = str(parameters["Identifier"]).split("|")
        if len(parts) == len(kind.identifier):
            message.check(kind.identified, dict(zip(kind.identifier, parts)), Document(), "Identifier")
        else:
            message.note("Identifier", "identifier", parameters["Identifier"], "|".join(kind.identifier))
    if "PatchDocument" not in parameters:
        return
    patch = json_of(parameters["PatchDocument"])
    if not isinstance(patch, list):
        return message.note("PatchDocument", "type", parameters["PatchDocument"], "a JSON array")
    for step in patch:
        check_step(message, kind, step)


def check_step(message, kind, step):
    """Notes where one step of a patch (RFC 6902) makes of a resource what its schema doesn't allow."""
    change, path = (step.get("op"), step.get("path")) if isinstance(step, dict) else (None, None)
    is_known = change in ("add", "remove", "replace", "test") and isinstance(path, str)
    if not is_known or ("value" in step) != (change != "remove"):
        return message.note("PatchDocument[]", "type", step, "op, path and, unless it removes, value")
    name = path.removeprefix("/")
    if change == "test":
        return
    if change == "remove" and name in kind.required:
        return message.note(f"PatchDocument[]/{name}", "missing", step, "a value")
    value = {name: step["value"]} if change != "remove" else {}
    if name not in kind.changed.members:
        message.note(f"PatchDocument[]/{name}", "unknown", step, f"one of {', '.join(kind.changed.members)}")
    else:
        message.check(kind.changed, value, Document(), "PatchDocument[]")


def check_state(message, parameters, answer):
    """Notes where Cloud Control answers what a type's schema doesn't allow."""
    event = answer.get("ProgressEvent") or {}
    kind = cloudformation_type(str(parameters.get("TypeName") or event.get("TypeName")))
    if kind is None:
        return
    described = [("ProgressEvent", event, "ResourceModel", kind.listed)] if "ResourceModel" in event else []
    if isinstance(answer.get("ResourceDescription"), dict):
        described.append(("ResourceDescription", answer["ResourceDescription"], "Properties", kind.read))
    for resource in answer.get("ResourceDescriptions") or []:
        described.append(("ResourceDescriptions[]", resource, "Properties", kind.listed))
    for path, resource, name, shape in described:
        message.check_document(shape, resource.get(name), f"{path}.{name}")
        properties = json_of(resource.get(name))
        parts = [str(properties.get(part)) for part in kind.identifier] if isinstance(properties, dict) else []
        if resource.get("Identifier") != "|".join(parts):
            expected = f"{'|'.join(kind.identifier)}: {'|'.join(parts)}"
            message.note(f"{path}.Identifier", "identifier", resource.get("Identifier"), expected)


@cache
def service_model(name):
    return ServiceModel(Loader().load_service_model(SERVICES[name], "service-2"), SERVICES[name])


class Models:
    """All that was checked, and each way in which it differs."""

    def __init__(self):
        self.checked = {}
        self.unchecked = {}
        self.deviations = {}

    def report(self):
        return {
            **{"checked": self.checked, "unchecked": self.unchecked},
            "deviations": [self.deviations[key] for key in sorted(self.deviations)],
        }

    def add(self, request, answer):
        """Checks a request (headers, query and body) and its answer (status, headers and body), if there is one."""
        try:
            messages = self.messages(request, answer)
        except Exception:
            failed = Message("request", request["headers"].get("x-amz-target", "unknown"))
            failed.note("", "check", traceback.format_exc()[-300:], "no failure of the check itself")
            messages = [failed]
        for message in messages:
            for deviation in message.deviations:
                key = tuple(deviation[part] for part in ("side", "operation", "path", "kind"))
                first = {**deviation, "sender": request["headers"].get("user-agent", "")[:120]}
                self.deviations.setdefault(key, {**first, "times": 0})["times"] += 1

    def messages(self, request, answer):
        target = request["headers"].get("x-amz-target")
        form = [] if target else parse_qsl(request["query"], keep_blank_values=True)
        if not target and request["headers"].get("content-type", "").startswith("application/x-www-form-urlencoded"):
            form += parse_qsl(request["body"].decode(), keep_blank_values=True, strict_parsing=bool(request["body"]))
        signed = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", request["headers"].get("authorization", ""))
        action = target.rpartition(".")[2] if target else dict(form).get("Action")
        # Whoever calls with an OpenID Connect token signs nothing.
        name = signed[1] if signed else "sts" if action else None
        if name is None or name in UNCHECKED:
            kind = name or "unsigned"
            self.unchecked[kind] = self.unchecked.get(kind, 0) + 1
            return []
        sent = Message("request", f"{name}:{action}")
        if name not in SERVICES:
            sent.note("", "service", name, f"one of {', '.join(SERVICES)}")
            return [sent]
        self.checked[sent.operation] = self.checked.get(sent.operation, 0) + 1
        service = service_model(name)
        if action not in service.operation_names:
            sent.note("", "operation", action, f"an operation of {name}, version {service.api_version}")
            return [sent]
        operation = service.operation_model(action)
        parameters = check_request(sent, service, operation, target, form, request)
        if answer is None:
            return [sent]
        received = Message("answer", sent.operation)
        check_answer(received, service, operation, parameters, answer)
        return [sent, received]


def check_request(message, service, operation, target, form, request):
    """Notes where a request differs from its model. Returns its parameters."""
    if service.metadata["protocol"] == "json":
        prefix = service.metadata["targetPrefix"]
        if target != f"{prefix}.{operation.name}":
            message.note("X-Amz-Target", "operation", target, f"{prefix}.{operation.name}")
        parameters, reader = json_of(request["body"] or b"{}"), Json()
    else:
        parameters, reader = tree_of((name, value) for name, value in form if name not in ("Action", "Version")), Form()
        if dict(form).get("Version") != service.api_version:
            message.note("Version", "operation", dict(form).get("Version"), service.api_version)
    if not isinstance(parameters, dict):
        message.note("", "type", request["body"][:300], "parameters")
        return {}
    if operation.input_shape:
        message.check(operation.input_shape, parameters, reader)
    elif parameters:
        message.note("", "unknown", parameters, "no parameters")
    if service.service_name == "cloudcontrol" and "TypeName" in parameters:
        check_desired(message, parameters)
    return parameters


def check_answer(message, service, operation, parameters, answer):
    """Notes where an answer differs from its model."""
    is_json = service.metadata["protocol"] == "json"
    body = json_of(answer["body"] or b"{}") if is_json else xml_of(answer["body"])
    if body is None:
        return message.note("", "type", answer["body"][:300], "JSON" if is_json else "XML")
    if answer["status"] >= 300:
        return check_error(message, service, operation, answer, body)
    if answer["status"] != 200:
        message.note("", "status", answer["status"], "200")
    if not is_json:
        return check_xml_answer(message, operation, body)
    if operation.output_shape:
        message.check(operation.output_shape, body, Json())
    if service.service_name == "cloudcontrol":
        check_state(message, parameters, body)


def xml_of(body):
    try:
        return ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return None


def check_xml_answer(message, operation, root):
    wrapper = operation.output_shape and operation.output_shape.serialization.get("resultWrapper")
    children = {tag(child): child for child in root}
    wanted = {"ResponseMetadata", *([wrapper] if wrapper else [])}
    if tag(root) != f"{operation.name}Response":
        message.note("", "element", tag(root), f"{operation.name}Response")
    for name in sorted({*children} - wanted):
        message.note(name, "unknown", shown(children[name]), f"one of {', '.join(sorted(wanted))}")
    for name in sorted(wanted - {*children}):
        message.note(name, "missing", "nothing", "an element")
    if wrapper in children:
        message.check(operation.output_shape, children[wrapper], Xml())


def check_error(message, service, operation, answer, body):
    """Notes whether an operation never has an error, or has it with another status."""
    is_json = service.metadata["protocol"] == "json"
    if is_json:
        code = str(body.get("__type", "")).rpartition("#")[2] if isinstance(body, dict) else ""
    else:
        error = next((child for child in body if tag(child) == "Error"), None)
        code = next((child.text or "" for child in ([] if error is None else error) if tag(child) == "Code"), "")
    statuses = {}
    for shape in operation.error_shapes:
        declared = shape.metadata.get("error", {})
        statuses[declared.get("code", shape.name)] = declared.get("httpStatusCode", 400)
    if code in statuses:
        if answer["status"] != statuses[code]:
            message.note(code, "status", answer["status"], statuses[code])
    elif code not in COMMON_ERRORS["json" if is_json else "query"]:
        expected = ", ".join([*sorted(statuses), "the common errors"])
        message.note(code, "error", answer["body"].decode(errors="replace"), f"one of {expected}")


class CheckedAgainstModels:
    """An ASGI application with each call checked once it is answered. GET /_models answers what differs so far."""

    def __init__(self, app):
        self.app = app
        self.models = Models()

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if scope["path"] == "/_models":
            return await self.answer(scope, receive, send)
        sent, received = bytearray(), bytearray()
        progress = {"sent": False, "answered": False, "status": 0}

        async def receive_and_keep():
            event = await receive()
            if event["type"] == "http.request":
                sent.extend(event.get("body", b""))
                progress["sent"] = not event.get("more_body", False)
            return event

        async def keep_and_send(event):
            if event["type"] == "http.response.start":
                progress["status"] = event["status"]
            elif event["type"] == "http.response.body":
                received.extend(event.get("body", b""))
                progress["answered"] = not event.get("more_body", False)
            await send(event)

        try:
            await self.app(scope, receive_and_keep, keep_and_send)
        except Exception:
            # The server answers in its stead.
            progress.update(answered=True, status=500)
            raise
        finally:
            self.add(scope, sent, received, progress)

    def add(self, scope, sent, received, progress):
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        # Whoever hangs up in the middle has asked nothing.
        if progress["answered"] and (progress["sent"] or not {"content-length", "transfer-encoding"} & set(headers)):
            request = {"headers": headers, "query": scope["query_string"].decode(), "body": bytes(sent)}
            self.models.add(request, {"status": progress["status"], "body": bytes(received)})

    async def answer(self, scope, receive, send):
        """PUT adds exchanges that the emulator didn't see; POST answers for those alone."""
        models = Models() if scope["method"] == "POST" else self.models
        if scope["method"] != "GET":
            body, more = bytearray(), True
            while more:
                event = await receive()
                body.extend(event.get("body", b""))
                more = event.get("more_body", False)
            for request, answer in json.loads(body):
                models.add(in_bytes(request), answer and in_bytes(answer))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(models.report()).encode()})


def in_bytes(message):
    return {**message, "body": message["body"].encode()}
