# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The integrations of a service as hosts. PRIVATE to the collection.

As the data flows: options -> views, from the cache or from the service -> filters -> hosts with their variables ->
composed variables and groups.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
from collections import Counter
from typing import Any, ClassVar, Dict

from ansible import constants as C
from ansible import template
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.group import to_safe_group_name
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._core.errors import Error, InputError
from ..module_utils._core.reconcile import Listing
from ..module_utils._core.task import Info
from .plain import plain

# Since ansible-core 2.19, nothing is a template that is not marked as one; before, all is that is not marked as unsafe.
MARKS_TEMPLATES = hasattr(template, "trust_as_template")

FILTERS = ("include", "exclude")

View = Dict[str, Any]


class Integrations(BaseInventoryPlugin, Constructable, Cacheable):
    """The base of the inventory plugins; a subclass says whose integrations are listed, and by which task."""

    service: ClassVar[str]
    task: ClassVar[Info]
    _validator: ClassVar[ArgumentSpecValidator]

    # Thousands of hosts are in a few groups.
    _sanitize_group_name = staticmethod(functools.lru_cache(maxsize=None)(to_safe_group_name))

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._validator = ArgumentSpecValidator(**cls.task.arguments())

    def verify_file(self, path: str) -> bool:
        name = os.path.basename(path)
        own = [f"{self.service}.yml", f"{self.service}.yaml"]
        return super().verify_file(path) and any(name == one or name.endswith(f".{one}") for one in own)

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        config = self._read_config_data(path)
        try:
            self._check(config)
            self._populate(self._views(self.get_cache_key(path), cache))
        except (Error, AnsibleError) as error:
            if isinstance(error, (InputError, AnsibleError)) or self.get_option("on_error") == "fail":
                raise AnsibleParserError(f"{path}: {self.task.client.title} integrations: {error.message}") from None
            self._warn(f"{path}: {error.message}")

    def _warn(self, text: str) -> None:
        self.display.warning(f"{self.task.client.title} integrations: {text}")

    # -- options ------------------------------------------------------------------------------------------------

    def _check(self, config: dict[str, Any]) -> None:
        """Raises InputError for what cannot be meant."""
        unknown = sorted(config.keys() - self._options.keys())
        if unknown:
            raise InputError(f"There is no option {', '.join(unknown)}.")
        if self.get_option("filters").keys() - set(FILTERS):
            raise InputError(f"'filters' takes {' and '.join(FILTERS)}, not {', '.join(self.get_option('filters'))}.")
        for text in self.get_option("hostnames"):
            if "{{" not in text:
                raise InputError(f"'hostnames' takes templates such as {{{{ name }}}}, not '{text}'.")

    def _connection(self) -> dict[str, Any]:
        """The arguments of the task. The connection options may be templates, as secrets come from lookups."""
        self.templar.available_variables = self._vars
        options = {name: self.templar.template(self.get_option(name)) for name in self.task.connection_options}
        given = {name: value for name, value in plain(options).items() if value not in (None, "")}
        validated = self._validator.validate(given)
        if validated.error_messages:
            raise InputError(validated.errors.msg)
        return validated.validated_parameters

    # -- views --------------------------------------------------------------------------------------------------

    def _views(self, key: str, cache: bool) -> list[View]:
        """The integrations as the user sees them, secrets masked, without those that are filtered out."""
        params, filters = self._connection(), self.get_option("filters")
        if not self.get_option("cache"):
            return self._filtered(self._listed(params), filters)
        # Another endpoint, account or filter is another list. A digest: credentials are not to be names of files.
        scope = json.dumps([params, filters], sort_keys=True).encode()
        key = f"{key}_{hashlib.sha256(scope).hexdigest()[:16]}"
        cached = self._cache.get(key) if cache else None
        if cached:
            return untrusted(json.loads(cached["integrations"]))
        views = self._filtered(self._listed(params), filters)
        # One text: cache plugins take their time with thousands of objects.
        self._cache[key] = {"integrations": json.dumps(views)}
        return views

    def _listed(self, params: dict[str, Any]) -> list[View]:
        """All integrations of the service; raises Error if they cannot be had."""

        def connect() -> Listing:
            return self.task.connect(params, check_mode=True)

        result = self.task.perform(params, self._validator.argument_spec, connect)
        for text in result.get("warnings", ()):
            self.display.warning(text)
        if result.get("failed"):
            raise Error(result["msg"])
        return untrusted(result[self.task.result])

    def _filtered(self, views: list[View], filters: dict[str, Any]) -> list[View]:
        include, exclude = (conditions(filters.get(name)) for name in FILTERS)
        return [
            view
            for view in views
            if (not include or any(self._holds(one, view) for one in include))
            and not any(self._holds(one, view) for one in exclude)
        ]

    def _holds(self, condition: str, view: View) -> bool:
        try:
            return boolean(self._compose(condition, view))
        except Exception as error:
            if self.get_option("strict"):
                raise InputError(f"The filter '{condition}' fails for '{view.get('name')}': {error}") from None
            # Without a name: the same text is shown once.
            self._warn(f"The filter '{condition}' fails for some, and is taken for false there: {error}")
            return False

    # -- hosts --------------------------------------------------------------------------------------------------

    def _populate(self, views: list[View]) -> None:
        inventory, prefix, strict = self.inventory, self.get_option("hostvars_prefix"), self.get_option("strict")
        group = inventory.add_group(self._sanitize_group_name(self.get_option("group")))
        local = {}
        if self.get_option("local_connection"):
            local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        hosts = self._hostnames(views)
        for host, view in zip(hosts, views):
            inventory.add_host(host, group)
            # All at once: one by one, each name is checked and each value is logged.
            inventory.hosts[host].vars.update({prefix + name: value for name, value in view.items()}, **local)
        compose, groups, keyed_groups = (self.get_option(name) for name in ("compose", "groups", "keyed_groups"))
        for host in hosts if compose or groups else ():
            self._set_composite_vars(compose, self._variables(host), host, strict)
            self._add_host_to_composed_groups(groups, self._variables(host), host, strict, fetch_hostvars=False)
        # After all others: once a group has the name of a host, Ansible takes the name for that of the group.
        for host in hosts if keyed_groups else ():
            self._add_host_to_keyed_groups(keyed_groups, self._variables(host), host, strict, fetch_hostvars=False)

    def _variables(self, host: str) -> dict[str, Any]:
        return {**self.inventory.hosts[host].vars, "inventory_hostname": host}

    def _compose(self, template: Any, variables: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """The value of an expression. Most are the name of a variable, which need not be evaluated."""
        if template in variables and not self.get_option("use_extra_vars"):
            return variables[template]
        return super()._compose(template, variables, *args, **kwargs)

    def _hostnames(self, views: list[View]) -> list[str]:
        """A name for each integration. Names that are taken, or that several share, get the id appended."""
        names = [self._hostname(view) for view in views]
        groups = map(self._sanitize_group_name, self.get_option("groups"))
        taken = {*self.inventory.hosts, *self.inventory.groups, *groups, *C.LOCALHOST}
        taken.update(name for name, count in Counter(names).items() if count > 1)
        doubtful = sorted(taken.intersection(names))
        if doubtful:
            self._warn(f"The id was appended to host names that are not unique: {', '.join(doubtful)}.")
        hosts = []
        for name, view in zip(names, views):
            while name in taken:
                name = f"{name}_{view.get('id')}"
            taken.add(name)
            hosts.append(name)
        return hosts

    def _hostname(self, view: View) -> str:
        for text in self.get_option("hostnames"):
            self.templar.available_variables = view
            try:
                name = self.templar.template(text)
            except AnsibleError as error:
                if self.get_option("strict"):
                    raise InputError(f"The host name '{text}' fails for '{view.get('name')}': {error}") from None
                continue
            if name:
                return str(name)
        return str(view.get("name") or view.get("id"))


def conditions(value: Any) -> list[str]:
    """One condition, a list of them, or none."""
    return value if isinstance(value, list) else [] if value is None else [value]


def untrusted(views: list[View]) -> list[View]:
    """What comes from a service is data, never a template."""
    return views if MARKS_TEMPLATES else wrap_var(views)
