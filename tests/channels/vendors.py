"""Would the vendor take it? Meta's OpenAPI file and the Bot API specification as two functions that list faults."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
LENGTH = re.compile(r"(\d+)-(\d+) (characters|bytes)")
SIMPLE = {"Integer": int, "String": str, "Boolean": bool, "Float": float | int}


def specification(name: str) -> Path:
    """The vendor's file; without it the test skips with one sentence, which fails where nothing may be skipped."""
    folder = Path(os.environ.get("LIKE_PKH_CONFORMANCE_DIR") or ROOT / "../shared/conformance")
    path = folder / name
    if not path.exists():
        sentence = f"The vendor's specification {name} is not in {folder}; set LIKE_PKH_CONFORMANCE_DIR."
        if os.environ.get("LIKE_PKH_NO_SKIP") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return path


class Meta:
    """POST /{phone number id}/messages, patched in memory for the known faults of the file."""

    def __init__(self, path: Path) -> None:
        self.raw: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        self.schemas = self.raw["components"]["schemas"]
        self._patch()
        self._message = self._validator("Message")
        self._parts = {sort: self._validator(f"{sort.title()}Component") for sort in ("header", "body", "button")}

    def _validator(self, name: str) -> Draft202012Validator:
        return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": self.raw["components"]})

    def _patch(self) -> None:
        base = self.schemas["BaseMessageProperties"]
        # It refuses what its own guides describe: our letter's number, and people without a visible number.
        base["properties"]["biz_opaque_callback_data"] = {"type": "string", "maxLength": 512}
        base["properties"]["recipient"] = {"type": "string"}
        base["required"].remove("to")
        base["oneOf"] = [{"required": ["to"]}, {"required": ["recipient"]}]
        # Taken by the letter, each message refuses the fields it shares with all others.
        for name in re.findall(r"(\w+Message)'", str(self.schemas["Message"]["oneOf"])):
            for part in self.schemas[name]["allOf"]:
                part.pop("additionalProperties", None)
            self.schemas[name]["unevaluatedProperties"] = False
        self.schemas["TextMessage"]["allOf"][1]["properties"]["text"]["properties"]["body"] |= {
            "minLength": 1,
            "maxLength": 4096,
        }
        for name in ("TemplateComponent", "ButtonComponent"):
            part = self.schemas[name]
            part = part["allOf"][1] if "allOf" in part else part
            part["properties"]["index"]["pattern"] = "^[0-9]$"

    def faults(self, body: dict[str, Any]) -> list[str]:
        posted = json.loads(json.dumps(body))
        found = [self._why(error) for error in self._message.iter_errors(posted)]
        for part in posted.get("template", {}).get("components", []):
            found += [self._why(error) for error in self._parts[part["type"]].iter_errors(part)]
        for section in posted.get("interactive", {}).get("action", {}).get("sections", []):
            if len(section["rows"]) > 10:  # over all sections; the file counts each by itself
                found.append("more than 10 rows")
        return found

    @staticmethod
    def _why(error: Any) -> str:
        deepest = [f"{e.json_path}: {e.message}" for e in error.context]
        return "; ".join(deepest) or f"{error.json_path}: {error.message}"

    def webhooks(self) -> dict[str, Any]:
        """The webhooks that the file itself shows."""
        content = self.raw["paths"]["/whatsapp/webhooks"]["post"]["requestBody"]["content"]["application/json"]
        return {name: example["value"] for name, example in content["examples"].items()}

    def template_faults(self, definition: dict[str, Any]) -> list[str]:
        return self._posted("{WABA-ID}/message_templates", definition)

    def edit_faults(self, change: dict[str, Any]) -> list[str]:
        """The file says what a change may hold, not what it must: at least components, or nothing is changed."""
        return self._posted("{TEMPLATE_ID}", change, required=["components"], additionalProperties=False)

    def upload_faults(self, form: dict[str, Any]) -> list[str]:
        """The file marks nothing as required and does not know `type`: what must be there is said by Meta's guide."""
        shown = {name: value.decode("latin-1") if isinstance(value, bytes) else value for name, value in form.items()}
        found = self._posted(
            "{Phone-Number-ID}/media", shown, "multipart/form-data", required=["messaging_product", "type"]
        )
        return found + ([] if isinstance(form.get("file"), bytes) else ["$.file: is no file"])

    def _posted(self, path: str, body: dict[str, Any], sort: str = "application/json", **more: Any) -> list[str]:
        schema = self.raw["paths"]["/{Version}/" + path]["post"]["requestBody"]["content"][sort]["schema"] | more
        return [self._why(error) for error in Draft202012Validator(schema).iter_errors(body)]


@cache
def bot_api() -> BotApi:
    return BotApi(specification("telegram-bot-api.json"))


class BotApi:
    def __init__(self, path: Path) -> None:
        raw = json.loads(path.read_text(encoding="utf-8"))
        self.methods, self.types = raw["methods"], raw["types"]

    def faults(self, method: str, params: dict[str, Any]) -> list[str]:
        if method not in self.methods:
            return [f"there is no method {method}"]
        return self._object(self.methods[method].get("fields", []), params, method)

    def _object(self, fields: list[dict[str, Any]], given: dict[str, Any], path: str) -> list[str]:
        known = {field["name"]: field for field in fields}
        found = [f"{path} has no {name}" for name in given.keys() - known.keys()]
        found += [f"{path} needs {n}" for n, field in known.items() if field["required"] and n not in given]
        for name in given.keys() & known.keys():
            found += self._any(known[name]["types"], given[name], f"{path}.{name}")
            found += self._length(known[name]["description"], given[name], f"{path}.{name}")
        return found

    def _any(self, sorts: list[str], value: Any, path: str) -> list[str]:
        """One of several types; where none fits, what the nearest one says."""
        return sorted((self._value(sort, value, path) for sort in sorts), key=len)[0]

    def _value(self, sort: str, value: Any, path: str) -> list[str]:
        if sort.startswith("Array of "):
            if not isinstance(value, list):
                return [f"{path} is no list"]
            inner = sort.removeprefix("Array of ")
            return [fault for item in value for fault in self._value(inner, item, path)]
        if sort in SIMPLE:
            right = isinstance(value, SIMPLE[sort]) and (sort == "Boolean" or not isinstance(value, bool))
            return [] if right else [f"{path} is no {sort}"]
        if sort == "InputFile":
            return [] if isinstance(value, bytes) else [f"{path} is no file"]
        if not isinstance(value, dict):
            return [f"{path} is no {sort}"]
        if kinds := self.types[sort].get("subtypes"):
            return self._any(kinds, value, path)
        return self._object(self.types[sort].get("fields", []), value, path)

    @staticmethod
    def _length(description: str, value: Any, path: str) -> list[str]:
        limits = LENGTH.search(description)
        if limits is None or not isinstance(value, str):
            return []
        size = len(value.encode()) if limits[3] == "bytes" else len(value)
        within = int(limits[1]) <= size <= int(limits[2])
        return [] if within else [f"{path} has {size} {limits[3]}, {limits[0]} are allowed"]
