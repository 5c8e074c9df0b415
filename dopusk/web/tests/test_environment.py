"""A site refuses to start on settings that cannot be right, and says which."""

import base64

import pytest

from dopusk.web import environment


def test_a_missing_name_is_named(monkeypatch):
    monkeypatch.delenv("DOPUSK_X", raising=False)
    with pytest.raises(environment.Misconfigured, match="DOPUSK_X"):
        environment.text("DOPUSK_X")


def test_a_secret_may_stand_in_a_file(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("value\n")
    monkeypatch.setenv("DOPUSK_X_FILE", str(tmp_path / "secret"))
    assert environment.text("DOPUSK_X") == "value"
    monkeypatch.setenv("DOPUSK_X_FILE", str(tmp_path / "nothing"))
    with pytest.raises(environment.Misconfigured):
        environment.text("DOPUSK_X")


@pytest.mark.parametrize("value", ["yes", "", "2", "true"])
def test_a_flag_is_one_or_zero(monkeypatch, value):
    monkeypatch.setenv("DOPUSK_X", value)
    with pytest.raises(environment.Misconfigured):
        environment.flag("DOPUSK_X", default=True)


@pytest.mark.parametrize("value", ["not base64!", base64.b64encode(b"short").decode()])
def test_a_key_has_exactly_32_bytes(monkeypatch, value):
    monkeypatch.setenv("DOPUSK_X", value)
    with pytest.raises(environment.Misconfigured):
        environment.key("DOPUSK_X")


@pytest.mark.parametrize("value", ["localhost:8000", "ftp://x", "http://", "javascript:alert(1)"])
def test_an_address_is_http(monkeypatch, value):
    monkeypatch.setenv("DOPUSK_X", value)
    with pytest.raises(environment.Misconfigured):
        environment.url("DOPUSK_X")


def test_three_databases_on_one_server_and_one_of_its_own(monkeypatch):
    monkeypatch.setenv("DOPUSK_DATABASE_URL", "postgresql://u:p%40ss@db:5433/?sslmode=require")
    monkeypatch.delenv("DOPUSK_PORTAL_DATABASE_URL", raising=False)
    monkeypatch.setenv("DOPUSK_CABINET_DATABASE_URL", "postgresql://dopusk@/own?host=/run/pg")
    portal, cabinet = environment.database("portal"), environment.database("cabinet")
    assert (portal["NAME"], portal["HOST"], portal["PORT"], portal["PASSWORD"]) == (
        "dopusk_portal",
        "db",
        "5433",
        "p@ss",
    )
    assert portal["OPTIONS"]["sslmode"] == "require"
    assert (cabinet["NAME"], cabinet["HOST"], cabinet["USER"]) == ("own", "/run/pg", "dopusk")


def test_only_postgresql_will_do(monkeypatch):
    monkeypatch.setenv("DOPUSK_PORTAL_DATABASE_URL", "sqlite:///x")
    with pytest.raises(environment.Misconfigured):
        environment.database("portal")


@pytest.mark.parametrize("value", ["", "short", "x" * 31])
def test_a_secret_is_long(monkeypatch, value):
    monkeypatch.setenv("DOPUSK_X", value)
    with pytest.raises(environment.Misconfigured):
        environment.secret("DOPUSK_X")
