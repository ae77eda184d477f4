"""What the test suites of WhiteNoise 6.12 and ServeStatic check, where no row above does."""

from __future__ import annotations

import re

from ..rows import Row, content, headers, span
from ..site import APPLICATION, CONTENTS

WN = "WhiteNoise tests/test_whitenoise.py"
WND = "WhiteNoise tests/test_django_whitenoise.py"
SS = "ServeStatic tests/test_servestatic.py"
SSA = "ServeStatic tests/test_asgi.py"

SCRIPT = "/static/js/app.js"
_SCRIPT = CONTENTS["js/app.js"]
_LAST = len(_SCRIPT) - 1


def _accepting(test: str, value: str | None, coding: str | None) -> Row:
    return Row(
        f"{SS}::{test}",
        f"Accept-Encoding: {value}",
        "/static/css/gzip-only.css",
        200,
        headers=() if value is None else headers(Accept_Encoding=value),
        coding=coding,
        expect={"Vary": "Accept-Encoding"},
    )


def _range(source: str, value: str, start: int, stop: int) -> Row:
    return Row(
        source,
        f"Range: {value}",
        SCRIPT,
        206,
        headers=headers(Range=value),
        body=span("js/app.js", start, stop),
    )


PEERS = [
    Row(
        f"{WN}::test_get_file",
        "type and charset of a script",
        SCRIPT,
        200,
        expect={"Content-Type": re.compile(r'text/javascript; charset="?utf-8"?')},
        body=_SCRIPT,
    ),
    _accepting("test_get_not_accept_gzip", "", None),
    _accepting("test_get_accept_star", "*", None),
    _accepting("test_get_accept_missing", None, None),
    _accepting("test_get_accept_gzip", "gzip, deflate", "gzip"),
    _accepting("test_get_gzip_refused_by_qvalue", "gzip;q=0", None),
    _accepting("test_get_gzip_refused_by_qvalue", "gzip;q=0.0", None),
    _accepting("test_get_gzip_refused_by_qvalue", "gzip; q=0", None),
    _accepting("test_get_gzip_refused_by_qvalue", "identity, gzip;q=0", None),
    _accepting("test_get_gzip_not_matched_as_substring", "x-gzip-really", None),
    _accepting("test_get_gzip_not_matched_as_substring", "supergzip", None),
    _accepting("test_get_gzip_not_matched_as_substring", "gzip spam brotli", None),
    _accepting("test_get_accept_gzip_with_qvalue", "gzip;q=0.5", "gzip"),
    Row(
        f"{SS}::test_get_static_file_prefers_zstd_when_requested",
        "zstd before gzip",
        "/static/css/app.css",
        200,
        headers=headers(Accept_Encoding="zstd, gzip;q=0.9"),
        coding="zstd",
    ),
    Row(
        f"{WND}::test_get_brotli",
        "br before gzip",
        "/static/css/app.0123456789ab.css",
        200,
        headers=headers(Accept_Encoding="gzip, br"),
        coding="br",
        expect={"Vary": "Accept-Encoding"},
    ),
    Row(
        f"{WN}::test_cannot_directly_request_gzipped_file",
        "the application behind gets it",
        "/site/css/app.css.gz",
        200,
        body=APPLICATION,
    ),
    Row(
        f"{WN}::test_not_modified_exact",
        "the date that was sent",
        SCRIPT,
        304,
        headers=headers(If_Modified_Since="<modified js/app.js>"),
    ),
    Row(
        f"{WN}::test_not_modified_future",
        "a date to come",
        SCRIPT,
        304,
        headers=headers(If_Modified_Since="Fri, 11 Apr 2100 11:47:06 GMT"),
    ),
    Row(
        f"{WND}::test_no_content_type_when_not_modified",
        "304 has no type",
        SCRIPT,
        304,
        headers=headers(If_Modified_Since="Fri, 11 Apr 2100 11:47:06 GMT"),
        expect={"Content-Type": None},
    ),
    Row(
        f"{WN}::test_modified",
        "a date before",
        SCRIPT,
        200,
        headers=headers(If_Modified_Since="Fri, 11 Apr 2001 11:47:06 GMT"),
    ),
    Row(
        f"{WN}::test_modified_mangled_date_firefox_91_0b3",
        "a date that Firefox once sent",
        SCRIPT,
        200,
        headers=headers(If_Modified_Since="Fri, 16 Jul 2021 09:09:1626426577S GMT"),
    ),
    Row(
        f"{WN}::test_etag_matches",
        "the tag that was sent",
        SCRIPT,
        304,
        headers=headers(If_None_Match="<etag js/app.js>"),
    ),
    Row(
        f"{WN}::test_etag_doesnt_match",
        "another tag",
        SCRIPT,
        200,
        headers=headers(If_None_Match='"594bd1d1-36"'),
    ),
    Row(
        f"{WN}::test_etag_overrules_modified_since",
        "another tag and a date to come",
        SCRIPT,
        200,
        headers=headers(
            If_None_Match='"594bd1d1-36"', If_Modified_Since="Fri, 11 Apr 2100 11:47:06 GMT"
        ),
    ),
    Row(
        f"{WN}::test_max_age",
        "a lifetime",
        SCRIPT,
        200,
        expect={"Cache-Control": re.compile(r"max-age=\d+, .*public")},
    ),
    Row(
        f"{WND}::test_versioned_file_cached_forever",
        "a hashed name",
        "/static/img/logo.0123456789ab.png",
        200,
        expect={"Cache-Control": re.compile(r"max-age=\d{8,}, .*immutable.*")},
    ),
    Row(
        f"{WND}::test_unversioned_file_not_cached_forever",
        "a plain name",
        "/static/img/logo.png",
        200,
        expect={"Cache-Control": re.compile(r"max-age=60,.*")},
    ),
    Row(
        f"{WN}::test_other_requests_passed_through",
        "another path",
        "/other/not/static",
        200,
        body=APPLICATION,
    ),
    Row(
        f"{WN}::test_non_ascii_requests_safely_ignored",
        "a path that is not ASCII",
        "/site/test%E2%98%BA",
        200,
        body=APPLICATION,
    ),
    Row(
        f"{WND}::test_non_ascii_requests_safely_ignored",
        "a path that is not ASCII, below the prefix",
        "/static/test%E2%98%BA",
        404,
    ),
    Row(f"{WND}::test_requests_for_directory_safely_ignored", "a folder", "/static/docs", 404),
    Row(
        f"{WND}::test_get_nonascii_file",
        "a name that is not ASCII",
        "/static/na%C3%AFve-%E2%9C%93.txt",
        200,
        body=content("na\u00efve-\u2713.txt"),
    ),
    Row(
        f"{WN}::test_add_under_prefix",
        "another prefix",
        "/cdn/js/app.js",
        200,
        body=_SCRIPT,
    ),
    Row(
        f"{WN}::test_response_has_allow_origin_header",
        "any origin",
        SCRIPT,
        200,
        expect={"Access-Control-Allow-Origin": "*"},
    ),
    Row(
        f"{WN}::test_response_has_correct_content_length_header",
        "length",
        SCRIPT,
        200,
        expect={"Content-Length": str(len(_SCRIPT))},
    ),
    Row(
        f"{WN}::test_gzip_response_has_correct_content_length_header",
        "length of gzip",
        SCRIPT,
        200,
        headers=headers(Accept_Encoding="gzip"),
        expect={"Content-Length": str(len(content("js/app.js", "gzip")))},
    ),
    Row(
        f"{WN}::test_post_request_returns_405",
        "POST",
        SCRIPT,
        405,
        method="POST",
        headers=headers(Content_Length="0"),
    ),
    Row(
        f"{SSA}::test_wrong_method_type",
        "PUT",
        SCRIPT,
        405,
        method="PUT",
        headers=headers(Content_Length="0"),
    ),
    Row(
        f"{SSA}::test_head_request",
        "HEAD",
        SCRIPT,
        200,
        method="HEAD",
        expect={
            "Content-Length": str(len(_SCRIPT)),
            "Content-Type": re.compile(r"text/javascript.*"),
        },
        body=b"",
    ),
    Row(
        f"{WN}::test_custom_mimetype",
        "a type by setting",
        "/cdn/paper.pdf",
        200,
        expect={"Content-Type": "text/x-paper"},
    ),
    Row(
        f"{WN}::test_custom_headers",
        "a header by setting",
        "/cdn/css/app.css",
        200,
        expect={"X-Is-Css-File": "True"},
    ),
    Row(
        f"{WN}::test_index_file_served_at_directory_path",
        "the index file answers for its folder",
        "/site/docs/",
        200,
        expect={"Content-Type": "text/html; charset=utf-8"},
        body=content("docs/index.html"),
    ),
    Row(
        f"{WN}::test_index_file_path_redirected",
        "the index file's own name leads to the folder",
        "/site/docs/index.html",
        302,
        expect={"Location": "./", "Cache-Control": re.compile(r"max-age=\d+, public")},
        body=b"",
    ),
    Row(
        f"{SS}::test_index_file_path_redirected_with_query_string",
        "the query is kept",
        "/site/docs/index.html?v=1",
        302,
        expect={"Location": "./?v=1"},
    ),
    Row(
        f"{WN}::test_directory_path_without_trailing_slash_redirected",
        "a folder without its slash",
        "/site/docs",
        302,
        expect={"Location": "docs/"},
    ),
    Row(
        f"{SS}::test_redirect_preserves_query_string",
        "a folder without its slash and a query",
        "/site/docs?foo=1&bar=2",
        302,
        expect={"Location": "docs/?foo=1&bar=2"},
    ),
    Row(
        f"{SS}::test_find_file_returns_none_for_trailing_slash_without_index_file",
        "a folder without an index file",
        "/site/css/",
        200,
        body=APPLICATION,
    ),
    _range(f"{WN}::test_request_initial_bytes", "bytes=0-13", 0, 14),
    _range(f"{WN}::test_request_trailing_bytes", "bytes=-3", _LAST - 2, _LAST + 1),
    _range(f"{WN}::test_request_middle_bytes", "bytes=21-30", 21, 31),
    _range(f"{WN}::test_overlong_ranges_truncated", "bytes=21-100000", 21, _LAST + 1),
    _range(
        f"{WN}::test_overlong_trailing_ranges_return_entire_file", "bytes=-100000", 0, _LAST + 1
    ),
    _range(f"{SS}::test_request_last_byte", f"bytes={_LAST}-{_LAST}", _LAST, _LAST + 1),
    _range(f"{SS}::test_single_byte_range_is_supported", "bytes=0-0", 0, 1),
    Row(
        f"{SS}::test_request_last_byte_plus_one_is_out_of_range",
        "behind the last byte",
        SCRIPT,
        416,
        headers=headers(Range=f"bytes={_LAST + 1}-{_LAST + 1}"),
        expect={"Content-Range": f"bytes */{_LAST + 1}"},
    ),
    Row(
        f"{WN}::test_out_of_range_error",
        "far behind the last byte",
        SCRIPT,
        416,
        headers=headers(Range="bytes=10000-11000"),
        expect={"Content-Range": f"bytes */{_LAST + 1}"},
    ),
    Row(
        f"{SS}::test_parse_byte_range_rejects_invalid_units_and_missing_separator",
        "another unit",
        SCRIPT,
        200,
        headers=headers(Range="items=0-1"),
        body=_SCRIPT,
    ),
    Row(
        f"{SS}::test_parse_byte_range_requires_dash_separator",
        "no dash",
        SCRIPT,
        200,
        headers=headers(Range="bytes=10"),
        body=_SCRIPT,
    ),
    Row(
        f"{WN}::test_cant_read_absolute_paths_on_windows",
        "a Windows drive",
        "/site/C:/Windows/System.ini",
        200,
        body=APPLICATION,
    ),
    Row(
        f"{WN}::test_no_error_on_very_long_filename",
        "a very long name",
        "/blah" * 600,
        200,
        body=APPLICATION,
    ),
    Row(
        f"{SS}::test_url_is_canonical_rejects_backslashes",
        "a backslash",
        "/site/docs%5Cother.html",
        200,
        body=APPLICATION,
    ),
    Row(
        f"{WND}::test_no_content_disposition_header",
        "files are shown, not downloaded",
        SCRIPT,
        200,
        expect={"Content-Disposition": None},
    ),
]
