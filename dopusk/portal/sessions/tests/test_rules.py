"""What a network and a device are called."""

import ipaddress

import pytest

from dopusk.portal.sessions import rules


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.0/24"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_an_address_counts_for_its_network(address, network):
    assert rules.network(address) == network


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 YaBrowser/25.0 Safari/537.36",
            "Яндекс Браузер, Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iOS"),
        ("curl/8.0", "неизвестная программа"),
        ("", "неизвестная программа"),
    ],
)
def test_a_device_is_named_in_words(agent, words):
    assert rules.device(agent) == words


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("203.0.113.9", "1.2.3.4", "203.0.113.9"),
        ("", "1.2.3.4", ""),
        ("10.0.0.1", "nonsense", "nonsense"),
    ],
)
def test_a_proxy_is_believed_only_if_it_is_trusted_and_only_about_its_own_client(remote, forwarded, client):
    trusted = (ipaddress.ip_network("10.0.0.0/8"),)
    assert rules.client_address(remote, forwarded, trusted) == client


@pytest.mark.parametrize(
    ("before", "now", "then"),
    [
        (["pwd"], ["pwd"], ["pwd"]),
        (["pwd"], ["otp"], ["pwd", "otp", "mfa"]),
        (["pwd"], ["otp", "mfa"], ["pwd", "otp", "mfa"]),
        (["pwd", "sms", "mfa"], ["pwd"], ["pwd", "sms", "mfa"]),
        (["hwk", "user", "mfa"], ["pwd"], ["hwk", "user", "pwd", "mfa"]),
    ],
)
def test_proofs_of_one_session_add_up(before, now, then):
    assert rules.together(before, now) == then
