# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PagerTree integrations: all that is known about them. PRIVATE to the collection.

Source: the service's documentation of API v4, its command line client and its integration classes. An update sends what
changes; members that the service does not know are dropped without a word. What it takes and what it gives back have
different names: ``integration_type_id`` and ``integration_type``, ``option_x`` and ``options.x``.
"""

from __future__ import annotations

import re
from typing import Any, Iterator, NamedTuple, Sequence

from ansible.module_utils.parsing.convert_bool import boolean

from .._core import paging
from .._core.connection import Client, option, required, segment
from .._core.errors import InputError, ServiceError
from .._core.http import Credentials, Reply
from .._core.resource import Field, Resource, is_url, reveal

OPTIONS = {
    "api_url": option("PAGERTREE_BASE_URL", default="https://api.pagertree.com"),
    "api_key": option("PAGERTREE_API_KEY", no_log=True),
}

# The classes of integrations and their options: ``name?`` is a boolean, ``name#`` an integer, ``name!`` a secret.
GENERIC = "title_template title_template_enabled? description_template description_template_enabled?"
ALERTS = "alert_open? alert_acknowledged? alert_resolved? alert_dropped?"
CHANNEL = f"incoming_webhook_url! {ALERTS} outgoing_rules"
CLASSES = {
    "Channel::Hangouts": f"{CHANNEL} alert_assigned? thread_same_alert?",
    "Channel::Mattermost": CHANNEL,
    "Channel::MicrosoftTeams": f"{CHANNEL} time_zone compact_message?",
    "Channel::Slack": CHANNEL,
    "Cloudflare": "webhook_secret!",
    "CustomWebhook": "custom_definition",
    "Datadog": "support_retriggered_event?",
    "EchoesHq": "api_key!",
    "Email": "allow_spam? dedup_threads? sanitize_level custom_definition custom_definition_enabled?",
    "Form": (
        "form_title form_header form_instructions form_footer_text form_footer_link form_email_required?"
        " form_phone_required? form_description_required? form_urgency_required?"
    ),
    "HetrixTools": "authentication_token!",
    "Honeybadger": "token!",
    "JiraServer": "issue_updated?",
    "LiveCallRouting::Twilio": (
        "account_sid api_key! api_secret! api_region force_input? record? send_straight_to_voicemail? record_email"
        " banned_phone dial_pause# max_wait_time# skip_resolve_on_hangup?"
    ),
    "LogicMonitor": "alert_acknowledged? logic_monitor_account_name access_id access_key! bearer_token!",
    "Mattermost::OutgoingWebhook": "token!",
    "Meta::Workplace": "incoming_enabled? outgoing_enabled? access_token! app_secret! group_id outgoing_rules",
    "OutgoingWebhook": (
        f"webhook_url! username password! proxy_url! {ALERTS} alert_created? alert_rejected? alert_timeout?"
        " alert_handoff? event_reminder_going_on_call? event_reminder_going_off_call? comment_created? comment_updated?"
        " comment_destroyed? template send_linked? outgoing_rules"
    ),
    "Sentry": "client_secret! authorization_token! authorization_token_expires_at authorization_refresh_token! code!",
    "ServerGuard24": "resolve_warn?",
    "Slack::Webhook": "token!",
    "SolarWinds": "alert_acknowledged? server_url server_username server_password! proxy_url!",
    "StatusGator": "create_on_warn? create_on_maintenance?",
    "Webhook": "token! capture_additional_data? wrapper_key",
    "Zabbix": "map_urgency?",
    **dict.fromkeys(
        (
            "ApexPing AppDynamics Auvik AwsCloudwatch AzureMonitor Cronitor DeadMansSnitch Dynatrace ElastAlert"
            " Freshdesk Freshservice Grafana Healthchecks Hydrozen Hyperping Jotform Kapacitor NewRelic Pingdom"
            " Prometheus Prtg Pulsetic Scom Site24x7 SixtySixUptime Stackdriver StatusCake Twilio::IncomingSms Typeform"
            " Uptime UptimeKuma UptimeRobot Zendesk"
        ).split(),
        "",
    ),
}


class Option(NamedTuple):
    """What is known of an option of an integration type."""

    type: str
    secret: bool


def parse(options: str) -> dict[str, Option]:
    marks = {"?": "bool", "#": "int"}
    return {word.rstrip("?#!"): Option(marks.get(word[-1], "str"), word[-1] == "!") for word in options.split()}


def plain(name: str) -> str:
    """A name without what varies in its spelling, and without a remark in parentheses."""
    return re.sub(r"\(.*\)|[^a-z0-9]", "", name.lower())


# The service does not publish what it calls its types. A class is found by its name, by a part of its name that is not
# the name of another, or by what the product is called elsewhere.
CATALOGUE = {plain(name): parse(f"{GENERIC} {options}") for name, options in CLASSES.items()}
for _name in CLASSES:
    for _part in {*map(plain, _name.split("::"))} - {*map(plain, CLASSES)}:
        CATALOGUE[_part] = {**CATALOGUE.get(_part, {}), **CATALOGUE[plain(_name)]}
for _alias, _part in {"googlechat": "hangouts", "66uptime": "sixtysixuptime"}.items():
    CATALOGUE[_alias] = CATALOGUE[_part]
SECRET = frozenset(name for options in CATALOGUE.values() for name, known in options.items() if known.secret)


def known_options(integration_type: Any) -> dict[str, Option]:
    """The options of a type by name; none for a type that is not in the catalogue."""
    return CATALOGUE.get(plain(str(integration_type)), {})


DESTINATIONS = {"users": "account_users", "routers": "routers", "teams": "teams"}


def ids(name: str, path: str) -> Field:
    return Field(name, type="list", elements="str", path=path, unordered=True)


def rules(desired: dict[str, Any]) -> Iterator[str]:
    for name in ("options", "secret_options"):
        for key, value in desired.get(name, {}).items():
            if isinstance(value, (dict, list)):
                yield f"{name}.{key}: the service takes single values only."
    if "integration_type" not in desired and (desired.get("options") or desired.get("secret_options")):
        yield "options need 'integration_type', as every type knows others."
    for key in desired.get("options", {}):
        if key in SECRET:
            yield f"options.{key} is a secret: move it to 'secret_options'."
        if key in desired.get("secret_options", {}):
            yield f"{key} is in both 'options' and 'secret_options'."


def whole_rules(after: dict[str, Any]) -> Iterator[str]:
    if not any(after.get(name) for name in DESTINATIONS):
        yield "An integration needs at least one destination: one of users, routers or teams."


INTEGRATION = Resource(
    title="integration",
    kind_path="integration_type.name",
    ids=("id", "prefix_id"),
    key=("name", "integration_type_id"),
    fixed=("integration_type",),
    rules=rules,
    whole_rules=whole_rules,
    fields=(
        Field("name", required=True),
        Field("integration_type", path="integration_type.name", required=True),
        Field("integration_type_id", path="integration_type.id", read_only=True),
        Field("urgency", required=True, choices=("silent", "low", "medium", "high", "critical")),
        Field("enabled", type="bool"),
        ids("users", "account_user_ids"),
        ids("routers", "router_ids"),
        ids("teams", "team_ids"),
        Field("options", type="dict", open=True),
        Field("secret_options", type="dict", path="options", open=True, secret=True, write_only=True),
        Field("prefix_id", read_only=True),
        Field("created_at", read_only=True),
        Field("updated_at", read_only=True),
    ),
)

TYPE = Resource(
    title="integration type",
    fields=(
        Field("name"),
        Field("options", type="list"),
        Field("secret_options", type="list"),
    ),
)


class PagerTree(Client):
    title = "PagerTree"
    resource = INTEGRATION
    options = OPTIONS
    suffix = "/api/v4"

    PATH = "/api/v4/"
    # The documented maximum; without an order, the service does not promise one.
    PAGE: dict[str, Any] = {"limit": 100, "sort": "created_at", "direction": "asc"}
    ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._collections: dict[str, list[dict[str, Any]]] = {}

    def credentials(self, params: dict[str, Any]) -> Credentials:
        [api_key] = required(params, self.title, "api_key")
        return Credentials(Authorization=f"Bearer {api_key}")

    @staticmethod
    def explain(body: dict[str, Any]) -> tuple[Any, Any]:
        return body.get("code"), "; ".join(error["message"] for error in body["errors"])

    # -- from names to ids --------------------------------------------------------------------------------------

    def resolve(self, desired: dict[str, Any]) -> dict[str, Any]:
        resolved = dict(desired)
        if "integration_type" in desired:
            found = self._named("integration_types", "integration_type", desired["integration_type"])
            if found is None:
                raise self._unknown("integration_types", "integration_type", desired["integration_type"])
            resolved.update(integration_type=found.get("name"), integration_type_id=found.get("id"))
            resolved["kind"] = resolved["integration_type"]
            check_options(resolved)
        for name, collection in DESTINATIONS.items():
            if name in desired:
                ids = (self._destination(collection, name, str(value)) for value in desired[name])
                resolved[name] = [*dict.fromkeys(ids)]
        return resolved

    def forget(self) -> None:
        self._collections = {}

    def _destination(self, collection: str, option: str, value: str) -> str:
        if self.ID.fullmatch(value):
            return value
        found = self._named(collection, option, value)
        if found is not None:
            if not isinstance(found.get("id"), str):
                raise ServiceError(f"PagerTree lists '{value}' without an id, so that it cannot be addressed.")
            return found["id"]
        error = self._unknown(collection, option, value)
        # An earlier task of the same run may be the one that would have created it.
        if not self.read_only:
            raise error
        self.warn(f"{error.message} In check mode, it is taken for one that will be there.")
        return value

    def _named(self, collection: str, option: str, value: str) -> dict[str, Any] | None:
        """The one object that has this id, name or e-mail address; exactly so, or else but for upper and lower case."""
        objects = self._collection(collection)
        for spell in (str, str.lower):
            found = [item for item in objects if spell(value) in {spell(word) for word in words(item)}]
            if len(found) > 1:
                ids = ", ".join(str(item.get("id")) for item in found)
                raise InputError(f"{option}: several are called '{value}'. Give the id of one: {ids}.")
            if found:
                return found[0]
        return None

    def _unknown(self, collection: str, option: str, value: str) -> InputError:
        names = sorted(word for item in self._collection(collection) for word in words(item)[-1:])
        return InputError(f"{option}: there is no '{value}'. There are: {', '.join(names) or 'none at all'}.")

    def _collection(self, name: str) -> list[dict[str, Any]]:
        collections = self._collections
        if name not in collections:
            collections[name] = self._list(name)
        return collections[name]

    # -- the verbs ----------------------------------------------------------------------------------------------

    def _list(self, collection: str) -> list[dict[str, Any]]:
        def fetch(offset: int) -> tuple[Reply, list[dict[str, Any]], int]:
            reply = self.http.request("GET", self.PATH + collection, params={**self.PAGE, "offset": offset})
            page, more, total = reply.list("data"), reply.object().get("has_more"), reply.object().get("total_count")
            # There may be neither; there may be more than what was counted.
            return reply, page, max(total if isinstance(total, int) else 0, offset + len(page) + bool(more))

        return paging.by_offset("id", fetch, self.pool)

    def list(self) -> list[dict[str, Any]]:
        return [decode(item) for item in self._list("integrations")]

    def get(self, id: str, **lookup: Any) -> dict[str, Any] | None:
        if not self.ID.fullmatch(id):
            # Whether paths take the shorter id is not documented.
            return next((record for record in self.list() if id in (record["id"], record.get("prefix_id"))), None)
        with self.absence(id):
            return self._one(self.http.request("GET", f"{self.PATH}integrations/{segment(id)}"))
        return None

    def create(self, record: dict[str, Any]) -> dict[str, Any]:
        return self._one(self.http.request("POST", f"{self.PATH}integrations", json=encode(record)))

    def update(self, before: dict[str, Any], after: dict[str, Any], changes: Sequence[str]) -> dict[str, Any]:
        changed: dict[str, Any] = {}
        for change in changes:
            name, _dot, key = change.partition(".")
            changed.setdefault(name, {}).update({key: after[name][key]}) if key else changed.update({name: after[name]})
        path = f"{self.PATH}integrations/{segment(before['id'])}"
        return self._one(self.http.request("PUT", path, json=encode(changed)))

    def delete(self, record: dict[str, Any]) -> None:
        with self.absence(record["id"]):
            reply = self.http.request("DELETE", f"{self.PATH}integrations/{segment(record['id'])}")
            # What a removal is answered with is not documented; nothing at all proves nothing.
            if not reply.confirmed and self.get(record["id"]):
                raise reply.malformed("an empty body, and the integration is still there")

    def addresses(self, record: dict[str, Any]) -> dict[str, str]:
        prefix_id = record.get("prefix_id")
        if not prefix_id:
            return {}
        return {
            "endpoint": f"{self.http.base_url}/integration/{prefix_id}",
            "email": f"{prefix_id}@alerts.pagertree.com",
        }

    @staticmethod
    def _one(reply: Reply) -> dict[str, Any]:
        record = decode(reply.object())
        if record["id"] is None:
            raise reply.malformed("no id of the integration")
        return record


class PagerTreeTypes(PagerTree):
    """The types that an integration can have."""

    resource = TYPE

    def list(self) -> list[dict[str, Any]]:
        return [self._with_options(item) for item in self._list("integration_types")]

    def get(self, id: str, **lookup: Any) -> dict[str, Any] | None:
        with self.absence(id):
            return self._with_options(self.http.request("GET", f"{self.PATH}integration_types/{segment(id)}").object())
        return None

    @staticmethod
    def _with_options(item: dict[str, Any]) -> dict[str, Any]:
        known = known_options(item.get("name"))
        secret = sorted(name for name, option in known.items() if option.secret)
        return {**TYPE.decode(item), "options": sorted(known.keys() - set(secret)), "secret_options": secret}


def words(item: dict[str, Any]) -> list[str]:
    """What an object can be called by: its id, its e-mail addresses, and last its name."""
    user: Any = item.get("user")
    user = user if isinstance(user, dict) else item
    emails: Any = user.get("emails")
    emails = [email.get("email") for email in emails if isinstance(email, dict)] if isinstance(emails, list) else []
    return [str(word) for word in (item.get("id"), *emails, user.get("name")) if word]


def check_options(desired: dict[str, Any]) -> None:
    """Bring options into the types of the catalogue; raises InputError for those that the type does not know."""
    known = known_options(desired["integration_type"])
    for name in ("options", "secret_options") if known else ():
        for key, value in desired.get(name, {}).items():
            if key not in known:
                raise InputError(
                    f"{name}.{key}: integrations of type '{desired['integration_type']}' do not know it."
                    f" They know: {', '.join(sorted(known))}."
                )
            try:
                convert = {"bool": boolean, "int": int, "str": str}[known[key].type]
                desired[name] = {**desired[name], key: value if value in (None, "") else convert(value)}
            except (TypeError, ValueError):
                raise InputError(f"{name}.{key} is not of type {known[key].type}.") from None
            if key.endswith("_url") and value and not is_url(str(value)):
                raise InputError(f"{name}.{key} is not a URL with http or https and a host.")


def decode(raw: dict[str, Any]) -> dict[str, Any]:
    options: Any = raw.get("options")
    options = options if isinstance(options, dict) else {}
    # Both spellings occur in what is documented.
    options = {key[len("option_") :] if key.startswith("option_") else key: value for key, value in options.items()}
    record = INTEGRATION.decode({**raw, "options": options})
    harmless = {key for key, known in known_options(record.get("integration_type")).items() if not known.secret}
    return reveal(INTEGRATION.fields, record, {"options": harmless & options.keys()})


def encode(record: dict[str, Any]) -> dict[str, Any]:
    body = INTEGRATION.encode(record)
    if body.pop("integration_type", None):
        body["integration_type_id"] = record["integration_type_id"]
    body.update({f"option_{key}": value for key, value in body.pop("options", {}).items()})
    return body
