"""Keystone's own token formatter and key repository, one JSON line in, one out."""
import json
import sys

import keystone.conf
from keystone.common import fernet_utils
from keystone.token import token_formatters as formatters

FIELDS = ('user_id', 'methods', 'audit_ids', 'system', 'domain_id', 'project_id', 'trust_id', 'federated_group_ids',
          'identity_provider_id', 'protocol_id', 'access_token_id', 'app_cred_id', 'issued_at', 'expires_at')


def main():
    conf = keystone.conf.CONF
    keystone.conf.configure()
    conf([], project='keystone', default_config_files=[])
    conf.set_override('key_repository', sys.argv[1], 'fernet_tokens')
    formatter = formatters.TokenFormatter()
    for line in sys.stdin:
        asked = json.loads(line)
        if 'rotate' in asked:
            conf.set_override('max_active_keys', asked['rotate'], 'fernet_tokens')
            fernet_utils.FernetUtils(sys.argv[1], asked['rotate'], 'fernet_tokens').rotate_keys()
            answer = {}
        elif 'token' in asked:
            answer = dict(zip(FIELDS, formatter.validate_token(asked['token'])))
        else:
            kind = getattr(formatters, asked.pop('kind'))
            answer = {'token': formatter.create_token(payload_class=kind, **asked)}
        print(json.dumps(answer), flush=True)


main()
