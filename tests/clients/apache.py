"""Apache with mod_auth_openidc: Debian's own programs, a configuration of ours, a free port."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

PROGRAM = "/usr/sbin/apache2"
MODULE = Path("/usr/lib/apache2/modules/mod_auth_openidc.so")
START_SECONDS = 20
HEAD = '<!doctype html><html lang="ru"><meta charset="utf-8">'
MODULES = (
    "mpm_event",
    "authn_core",
    "authz_core",
    "authz_user",
    "auth_openidc",
    "dir",
    "mime",
    "headers",
    "env",
)

CONFIGURATION = """
ServerRoot "{folder}"
ServerName localhost
Listen 127.0.0.1:{port}
PidFile "{folder}/pid"
Mutex file:{folder} default
DefaultRuntimeDir "{folder}"
ErrorLog "{folder}/error.log"
LogLevel warn auth_openidc:info
StartServers 1
ServerLimit 2
ThreadsPerChild 8
MaxRequestWorkers 16
TypesConfig /dev/null
AddDefaultCharset utf-8
{user}
{modules}
DocumentRoot "{folder}/pages"
DirectoryIndex index.html

OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret "{secret}"
OIDCRedirectURI {site}/protected/callback
OIDCDefaultLoggedOutURL {site}/out.html
OIDCCryptoPassphrase "a passphrase of a test"
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCResponseType code
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCRemoteUserClaim sub
OIDCPassClaimsAs environment
OIDCPassUserInfoAs claims
OIDCSSLValidateServer Off
{more}
<Directory "{folder}/pages">
  Require all granted
</Directory>
<Location /protected>
  AuthType openid-connect
  Require valid-user
  Header always set X-Seen-Sub "%{{OIDC_CLAIM_sub}}e"
  Header always set X-Seen-Name "%{{OIDC_CLAIM_given_name}}e"
  Header always set X-Seen-Sid "%{{OIDC_CLAIM_sid}}e"
</Location>
"""


class Site:
    """The site Apache protects. url: its address, without a trailing slash."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.url = folder, f"http://localhost:{port}"

    @property
    def protected(self) -> str:
        """The page that only those who have signed in see."""
        return f"{self.url}/protected/"

    @property
    def callback(self) -> str:
        """The redirect address; the module's other doors are parameters of it."""
        return f"{self.url}/protected/callback"

    def log(self) -> str:
        """The end of what Apache had to say."""
        return (self.folder / "error.log").read_text(errors="replace")[-4000:]


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _lines(folder: Path) -> tuple[str, str]:
    """User line and module lines."""
    modules = [f"LoadModule {name}_module {MODULE.parent}/mod_{name}.so" for name in MODULES]
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    if user:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, "www-data", "www-data")
    return user, "\n".join(modules)


@contextlib.contextmanager
def place() -> Iterator[Site]:
    """A folder with two pages and a free port: what a service knows of itself before it is registered."""
    with tempfile.TemporaryDirectory(prefix="dopusk-apache-") as name:
        folder = Path(name)
        (folder / "pages" / "protected").mkdir(parents=True)
        (folder / "pages" / "protected" / "index.html").write_text(
            HEAD + "<main><h1>Только для своих</h1></main>"
        )
        (folder / "pages" / "out.html").write_text(HEAD + "<main><h1>Вы вышли</h1></main>")
        yield Site(folder, _free())


@contextlib.contextmanager
def serving(site: Site, *, issuer: str, client_id: str, secret: str, more: str = "") -> Iterator[Site]:
    """Apache itself, until the block ends. more: further lines of configuration."""
    assert MODULE.exists(), (
        "mod_auth_openidc is missing: apt-get install apache2-bin libapache2-mod-auth-openidc"
    )
    user, modules = _lines(site.folder)
    port = site.url.rpartition(":")[2]
    configuration = site.folder / "apache.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folder=site.folder, port=port, user=user, modules=modules, issuer=issuer, client_id=client_id,
            secret=secret, site=site.url, more=more,
        )
    )  # fmt: skip
    (site.folder / "error.log").touch()
    with (site.folder / "output").open("wb") as output:
        child = subprocess.Popen(
            [PROGRAM, "-D", "FOREGROUND", "-f", str(configuration)], stdout=output, stderr=output
        )
    try:
        until = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"{site.url}/out.html", timeout=2)
                break
            said = (site.folder / "output").read_text() + site.log()
            assert child.poll() is None, f"apache2 ended with {child.returncode}: {said}"
            assert time.monotonic() < until, f"apache2 did not start: {said}"
            time.sleep(0.05)
        yield site
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
