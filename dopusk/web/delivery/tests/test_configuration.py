"""How letters leave is chosen by the environment, and a wrong choice stops the start."""

import pytest

from dopusk.web.delivery.configuration import Gateway, Smtp, chosen
from dopusk.web.environment import Misconfigured

HOME = "https://portal.example"
MAIL = {
    "DOPUSK_DELIVERY_MAIL": "smtp",
    "DOPUSK_DELIVERY_SMTP_HOST": "mail.example",
    "DOPUSK_DELIVERY_SMTP_FROM": "portal@почта.рф",
    "DOPUSK_DELIVERY_SMTP_USER": "portal",
    "DOPUSK_DELIVERY_SMTP_PASSWORD": "the password",
}
SMS = {
    "DOPUSK_DELIVERY_SMS": "http",
    "DOPUSK_DELIVERY_SMS_URL": "https://sms.example/v1/messages",
    "DOPUSK_DELIVERY_SMS_TOKEN": "the token",
    "DOPUSK_DELIVERY_SMS_SENDER": "Dopusk",
}


@pytest.fixture
def choose(monkeypatch):
    def choose(*, sandbox=False, called="Портал «допуск»", **names):
        for name, value in names.items():
            monkeypatch.setenv(name, value)
        return chosen(sandbox=sandbox, home=HOME, name=called)

    return choose


def test_a_stand_keeps_its_letters(choose):
    assert choose(sandbox=True) == {"DELIVERY_MAIL": None, "DELIVERY_SMS": None}


def test_a_stand_may_send_real_mail(choose):
    made = choose(sandbox=True, **MAIL)
    assert (made["DELIVERY_MAIL"].host, made["DELIVERY_SMS"]) == ("mail.example", None)


def test_outside_the_sandbox_both_are_said(choose):
    made = choose(**MAIL, **SMS)
    assert made["DELIVERY_MAIL"] == Smtp(
        host="mail.example",
        port=587,
        from_="portal@xn--80a1acny.xn--p1ai",
        name="Портал «допуск»",
        home=HOME,
        security="starttls",
        user="portal",
        password="the password",
        seconds=10,
    )
    assert made["DELIVERY_SMS"] == Gateway("https://sms.example/v1/messages", "Dopusk", "the token", read=8)


def test_secrets_do_not_stand_in_what_is_printed(choose):
    made = choose(**MAIL, **SMS)
    assert ("the password" in repr(made), "the token" in repr(made)) == (False, False)


def test_the_password_may_stand_in_a_file(choose, tmp_path):
    (tmp_path / "password").write_text("from a file\n")
    names = {name: value for name, value in MAIL.items() if not name.endswith("_PASSWORD")}
    made = choose(**names, **SMS, DOPUSK_DELIVERY_SMTP_PASSWORD_FILE=str(tmp_path / "password"))
    assert made["DELIVERY_MAIL"].password == "from a file"


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465)])
def test_the_port_follows_the_encryption(choose, security, port):
    assert choose(**MAIL, **SMS, DOPUSK_DELIVERY_SMTP_SECURITY=security)["DELIVERY_MAIL"].port == port


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_without_encryption_on_this_machine_only(choose, host):
    names = {**MAIL, "DOPUSK_DELIVERY_SMTP_HOST": host, "DOPUSK_DELIVERY_SMTP_SECURITY": "plain"}
    assert choose(**names, **SMS)["DELIVERY_MAIL"].security == "plain"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"DOPUSK_DELIVERY_MAIL": "inbox"}, "DOPUSK_DELIVERY_MAIL"),
        ({"DOPUSK_DELIVERY_SMS": "inbox"}, "DOPUSK_DELIVERY_SMS"),
        ({"DOPUSK_DELIVERY_MAIL": "pigeon"}, "DOPUSK_DELIVERY_MAIL"),
        ({"DOPUSK_DELIVERY_SMTP_SECURITY": "plain"}, "DOPUSK_DELIVERY_SMTP_SECURITY"),
        ({"DOPUSK_DELIVERY_SMTP_SECURITY": "ssl3"}, "DOPUSK_DELIVERY_SMTP_SECURITY"),
        ({"DOPUSK_DELIVERY_SMTP_PORT": "0"}, "DOPUSK_DELIVERY_SMTP_PORT"),
        ({"DOPUSK_DELIVERY_SMTP_PORT": "smtp"}, "DOPUSK_DELIVERY_SMTP_PORT"),
        ({"DOPUSK_DELIVERY_SMTP_SECONDS": "3600"}, "DOPUSK_DELIVERY_SMTP_SECONDS"),
        ({"DOPUSK_DELIVERY_SMTP_FROM": "portal"}, "DOPUSK_DELIVERY_SMTP_FROM"),
        ({"called": "two\nlines"}, "name of the site"),
        ({"called": ""}, "name of the site"),
        ({"DOPUSK_DELIVERY_SMS_URL": "http://sms.example/"}, "DOPUSK_DELIVERY_SMS_URL"),
        ({"DOPUSK_DELIVERY_SMS_TOKEN": ""}, "DOPUSK_DELIVERY_SMS_TOKEN"),
        ({"DOPUSK_DELIVERY_SMS_TOKEN": "the\ntoken"}, "DOPUSK_DELIVERY_SMS_TOKEN"),
        ({"DOPUSK_DELIVERY_SMS_TOKEN": "ключ"}, "DOPUSK_DELIVERY_SMS_TOKEN"),
    ],
)
def test_what_cannot_be_right_is_named(choose, wrong, named):
    with pytest.raises(Misconfigured, match=named):
        choose(**{**MAIL, **SMS, **wrong})


@pytest.mark.parametrize(
    "missing",
    ["DOPUSK_DELIVERY_MAIL", "DOPUSK_DELIVERY_SMS", "DOPUSK_DELIVERY_SMTP_HOST", "DOPUSK_DELIVERY_SMTP_PASSWORD",
     "DOPUSK_DELIVERY_SMTP_FROM", "DOPUSK_DELIVERY_SMS_URL", "DOPUSK_DELIVERY_SMS_TOKEN"],
)  # fmt: skip
def test_outside_the_sandbox_nothing_is_guessed(choose, missing):
    with pytest.raises(Misconfigured, match=missing):
        choose(**{name: value for name, value in {**MAIL, **SMS}.items() if name != missing})
