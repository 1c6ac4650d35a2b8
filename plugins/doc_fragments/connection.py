# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # How to reach a service.
    DOCUMENTATION = r"""
options:
  validate_certs:
    description:
      - Whether to check that the service's TLS certificate is valid and was issued for its host.
      - If V(false), anyone on the way can read the credentials and every secret. Use O(ca_path) for a private authority
        instead.
    type: bool
    default: true
  ca_path:
    description:
      - Path of the certificate authorities to trust, in PEM format. It is a file, or a directory as the command
        C(openssl rehash) prepares it.
      - If not given, the environment variable E(REQUESTS_CA_BUNDLE) and then the authorities that come with the Python
        package C(requests) are used.
    type: path
  client_cert:
    description:
      - Path of a client certificate in PEM format, for a service or a proxy in front of it that asks for one.
      - The file may hold the private key too.
    type: path
  client_key:
    description:
      - Path of the private key of O(client_cert) in PEM format, if it is in a file of its own.
      - The key must not be encrypted.
    type: path
  proxy:
    description:
      - URL of the proxy to use, such as V(http://proxy.example.com:3128). It may hold a user and a password.
      - If not given, the environment variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY) are used.
    type: str
  timeout:
    description:
      - Seconds to wait for a connection, and then for each further piece of the answer.
    type: float
    default: 30.0
  max_wait:
    description:
      - Seconds that one call of the service's API may take in all, with its retries and the waiting that a rate limit
        demands.
      - Calls that the service refused for now, and calls that can be repeated without harm, are retried until then, a
        few times at most. The creation of an integration is repeated only when it is certain that the first call had no
        effect.
    type: float
    default: 120.0
requirements:
  - requests
"""

    # Modules may run elsewhere than the playbook.
    MODULE = r"""
options: {}
notes:
  - Environment variables count as they are set where the module runs, which is the managed host, not the controller. To
    take them from the controller, set the options with the P(ansible.builtin.env#lookup) lookup in C(module_defaults).
  - Run tasks on C(localhost), or delegate them to it, unless only another host can reach the service.
"""
