# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What the inventory plugins of all services share.
    DOCUMENTATION = r"""
options:
  hostnames:
    description:
      - Templates for the name of a host. The first that yields something is used.
      - They see the integration as the info module returns it, so C(name), C(id), C(kind) and so on.
      - If none is given, or none yields something, the integration's name is used.
      - Names that several integrations share, that other hosts or groups have, or that mean the controller itself, get
        C(_) and the integration's id appended, and a warning is shown.
    type: list
    elements: str
    default: []
  filters:
    description:
      - Which integrations become hosts, by conditions as O(groups) has them.
      - They see the integration as the info module returns it, so C(name), C(kind), C(enabled) and so on, without
        O(hostvars_prefix).
      - A condition that cannot be evaluated for an integration, as it uses something that the integration does not
        have, is taken for false, and a warning is shown. With O(strict=true), it is an error.
      - Filters are part of what is cached. Changing them leads to a new request.
    type: dict
    default: {}
    suboptions:
      include:
        description:
          - One condition, or a list of which one has to hold. Without it, all integrations are included.
        type: raw
      exclude:
        description:
          - One condition, or a list of which none may hold. It goes before O(filters.include).
        type: raw
  local_connection:
    description:
      - Whether the hosts get the variables C(ansible_connection=local) and C(ansible_python_interpreter), the latter
        with the Python of Ansible itself. Integrations are no machines, so tasks for them run on the controller.
    type: bool
    default: true
  on_error:
    description:
      - What happens if the integrations cannot be listed completely, as the credentials are refused or the service does
        not answer.
      - With V(fail), this inventory source fails. What Ansible does then is up to its own settings, see
        P(ansible.builtin.auto#inventory) and C(any_unparsed_is_failed) in the section C(inventory) of C(ansible.cfg).
      - With V(warn), a warning is shown and there are no hosts. A part of the list is never used.
    type: str
    choices: [fail, warn]
    default: fail
notes:
  - Each host has the integration's members as variables, with O(hostvars_prefix) before their names, such as C(id),
    C(kind), C(name) and one dictionary for the settings of the kind. They are what the info module returns.
  - Secrets are masked, in the variables as well as in the cache.
  - The connection options may be templates, such as a lookup of a secret. All that comes from the service is data and
    never taken for a template.
  - The cache is kept apart by service, URL, account and filters. Groups and composed variables are made anew each time.
"""
