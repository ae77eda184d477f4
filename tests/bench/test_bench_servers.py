"""wrk's report -> rates; answers -> faults."""

import pytest
from bench.measure import RunFailedError
from bench.servers import Answer, parse_wrk
from bench.suites.serve_cases import CASES, fault, validators

REPORT = """\
Running 2s test @ http://127.0.0.1:8000/static/a.css
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.20ms  300.00us  10.00ms   90.00%
    Req/Sec    26.10k     1.10k   28.00k    80.00%
  Latency Distribution
     50%    1.10ms
     75%    1.30ms
     90%    1.50ms
     99%    2.50ms
  52110 requests in 2.00s, 110.00MB read
Requests/sec:  26055.12
Transfer/sec:     55.00MB
"""


def test_rate_and_latency():
    load = parse_wrk(REPORT)
    assert load.rate == 26055.12
    assert load.p99 == pytest.approx(0.0025)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (REPORT + "  Non-2xx or 3xx responses: 17\n", "17 answers were errors"),
        (REPORT + "  Socket errors: connect 0, read 3, write 0, timeout 0\n", "read 3"),
        (REPORT.replace("26055.12", "0.00"), "no request was completed"),
        ("unable to connect to 127.0.0.1:1 Connection refused\n", "Connection refused"),
        ("", "wrk printed nothing"),
    ],
)
def test_reports_that_are_no_result(text, message):
    with pytest.raises(RunFailedError, match=message):
        parse_wrk(text)


BY_NAME = {case.name: case for case in CASES}


@pytest.mark.parametrize(
    ("case", "answer", "wrong"),
    [
        ("small file", Answer(200, {}, 2048), ""),
        ("small file", Answer(404, {}, 2048), "answers 404 where 200 is right"),
        ("small file", Answer(200, {"content-encoding": "br"}, 2048), "sends the coding 'br'"),
        ("60 KB, brotli", Answer(200, {"content-encoding": "br"}, 60_000), ""),
        ("60 KB, brotli", Answer(200, {}, 60_000), "sends the coding 'identity' where 'br'"),
        ("304", Answer(304, {}, 0), ""),
        ("304", Answer(200, {}, 2048), "answers 200 where 304 is right"),
        ("range of 64 KB", Answer(206, {}, 65_536), ""),
        ("range of 64 KB", Answer(206, {}, 65_537), "sends 65537 bytes"),
        ("10 MB file", Answer(200, {}, 9_999_999), "sends 9999999 bytes"),
    ],
)
def test_a_wrong_answer_is_no_contender(case, answer, wrong):
    found = fault(BY_NAME[case], answer)
    assert found.startswith(wrong)
    assert bool(found) == bool(wrong)


def test_validators_are_sent_back_as_a_browser_does():
    headers = {"etag": '"a"', "last-modified": "Mon, 01 Jan 2024 00:00:00 GMT", "vary": "x"}
    assert validators(headers) == {
        "If-None-Match": '"a"',
        "If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT",
    }
    assert validators({}) == {}
