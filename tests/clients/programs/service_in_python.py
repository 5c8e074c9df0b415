"""A service built on PyPI `esia-connector`, as its README shows. Runs in that package's own environment."""

import json
import sys
from urllib.parse import parse_qs, urlsplit

from esia_connector.client import EsiaAuth, EsiaSettings


def main() -> None:
    told = json.loads(sys.stdin.readline())
    settings = EsiaSettings(
        esia_client_id=told["clientId"],
        redirect_uri=told["redirectUri"],
        certificate_file=told["certificateFile"],
        private_key_file=told["keyFile"],
        esia_service_url=told["url"],
        esia_scope=told["scope"],
        esia_token_check_key=told["checkKeyFile"],
    )
    auth = EsiaAuth(settings)
    print(json.dumps({"visit": auth.get_auth_url()}), flush=True)
    back = parse_qs(urlsplit(json.loads(sys.stdin.readline())["arrived"]).query)
    person = auth.complete_authorization(back["code"][0], back["state"][0])
    seen = {
        "oid": person.oid,
        "main": person.get_person_main_info(),
        "contacts": person.get_person_contacts(),
        "documents": person.get_person_documents(),
        "addresses": person.get_person_addresses(),
    }
    print(json.dumps({"done": seen}), flush=True)


try:
    main()
except Exception as error:  # noqa: BLE001 - whatever the library raises is what the test asks about
    print(json.dumps({"failed": type(error).__name__, "message": str(error)}), flush=True)
