"""A person recognises their own devices in the list."""

import pytest

from forum.kit.devices import describe

MOZILLA = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) {}"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        (MOZILLA.format("Windows NT 10.0; Win64; x64", "Chrome/140.0 Safari/537.36 Edg/140.0"), "Edge on Windows"),
        (MOZILLA.format("Macintosh; Intel Mac OS X 10_15_7", "Version/18.0 Safari/605.1.15"), "Safari on Mac"),
        (MOZILLA.format("iPhone; CPU iPhone OS 18_0 like Mac OS X", "Version/18.0 Safari/604.1"), "Safari on iPhone"),
        (MOZILLA.format("iPad; CPU OS 18_0 like Mac OS X", "CriOS/140.0 Safari/604.1"), "Chrome on iPad"),
        (MOZILLA.format("Linux; Android 15; Pixel 9", "Chrome/140.0 Mobile Safari/537.36"), "Chrome on Android"),
        (
            MOZILLA.format("Linux; Android 15", "SamsungBrowser/28.0 Chrome/130.0 Safari/537.36"),
            "Samsung Internet on Android",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64)", "A browser on Linux"),
        ("curl/8.5.0", "Curl"),
        ("python-requests/2.32", "A Python program"),
        ("<script>alert(1)</script>", "An unknown device"),
        ("", "An unknown device"),
    ],
)
def test_devices_have_short_names(user_agent, words):
    assert describe(user_agent) == words
