from rounds.templatetags.rounds import count, decimal, duration, percent, short, signed


def test_durations_have_one_or_two_units() -> None:
    texts = [duration(s) for s in (None, 0.4, 1, 89, 100, 5399, 5400, 9000)]

    assert texts == [
        "–",
        "0 seconds",
        "1 second",
        "89 seconds",
        "2 minutes",
        "1 h 30 min",
        "1 h 30 min",
        "2 h 30 min",
    ]


def test_numbers() -> None:
    assert [decimal(None), decimal(""), decimal(-0.001), decimal(-1.5), decimal(1234.5, 1)] == [
        "–",
        "–",
        "0.00",
        "−1.50",
        "1,234.5",
    ]
    assert signed(-0.001) == "+0.00"
    assert [signed(0.5), signed(-0.5), percent(0.716), count(134515008)] == [
        "+0.50",
        "−0.50",
        "71.6\N{NO-BREAK SPACE}%",
        "134,515,008",
    ]


def test_a_hash_is_cut() -> None:
    assert short("0123456789abcdef") == "0123456789ab"
