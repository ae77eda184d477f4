"""RFC 3986 and RFC 9110 §17.3: which target names which file, and that none leads outside."""

from __future__ import annotations

from ..rows import Row, content
from ..site import APPLICATION

_SERVED = {
    "/static/name%20with%20space.txt": "name with space.txt",
    "/static/na%C3%AFve-%E2%9C%93.txt": "na\u00efve-\u2713.txt",
    "/static/na%c3%afve-%e2%9c%93.txt": "na\u00efve-\u2713.txt",
    "/static/caf%C3%A9.txt": "caf\u00e9.txt",
    "/static/100%25.txt": "100%.txt",
    "/static/a+b.txt": "a+b.txt",
    "/static/a%2Bb.txt": "a+b.txt",
    "/static/c;d.txt": "c;d.txt",
    "/static/q%3F.txt": "q?.txt",
    "/static/h%23.txt": "h#.txt",
    "/static/%61lphabet.txt": "alphabet.txt",
    "/%73tatic/%61lphabet.txt": "alphabet.txt",
    "/static/alphabet.txt?/../secret.txt": "alphabet.txt",
    "/static/alphabet.txt??%00": "alphabet.txt",
}

# The file beside the target is outside.txt; secret.txt lies in the target and is not listed.
_NOT_SERVED = {
    "the folder above": "/static/../outside.txt",
    "the folder above, encoded": "/static/%2e%2e/outside.txt",
    "the folder above, half encoded": "/static/.%2e/outside.txt",
    "the folder above, upper case": "/static/%2E%2E/outside.txt",
    "an encoded slash": "/static/..%2foutside.txt",
    "all encoded": "/static/%2e%2e%2foutside.txt",
    "encoded twice": "/static/%252e%252e%252foutside.txt",
    "a backslash": "/static/..%5coutside.txt",
    "a backslash as it is": "/static/..\\outside.txt",
    "down and up": "/static/css/../../outside.txt",
    "down and up to a listed file": "/static/css/%2e%2e/alphabet.txt",
    "here": "/static/%2e/alphabet.txt",
    "dots and semicolon": "/static/..;/outside.txt",
    "many": "/static/" + "%2e%2e/" * 30 + "etc/passwd",
    "NUL at the end": "/static/alphabet.txt%00",
    "NUL within": "/static/alphabet%00.txt",
    "NUL and an extension": "/static/secret.txt%00.png",
    "overlong UTF-8 dots": "/static/%c0%ae%c0%ae/outside.txt",
    "overlong UTF-8 slash": "/static/..%c0%afoutside.txt",
    "overlong UTF-8 in three bytes": "/static/%e0%80%ae%e0%80%ae/outside.txt",
    "bytes that are no UTF-8": "/static/%ff%fe.txt",
    "a name in Latin-1": "/static/caf%E9.txt",
    "an absolute path": "/static//etc/passwd",
    "an absolute path, encoded": "/static/%2fetc%2fpasswd",
    "a Windows drive": "/static/C:/Windows/System.ini",
    "a Windows drive, encoded": "/static/c%3a%5cwindows%5csystem.ini",
    "a UNC path": "/static/%5c%5cserver%5cshare%5cfile",
    "an NTFS stream": "/static/alphabet.txt::$DATA",
    "a file URL": "/static/file:///etc/passwd",
    "a line break": "/static/alphabet.txt%0d%0aX-Injected:%20yes",
    "full-width dots": "/static/%EF%BC%8E%EF%BC%8E/outside.txt",
    "two slashes": "/static//alphabet.txt",
    "a slash at the end": "/static/alphabet.txt/",
    "a folder": "/static/css/",
    "a folder without slash": "/static/css",
    "the prefix": "/static/",
    "another case": "/static/ALPHABET.TXT",
    "a file that is not listed": "/static/secret.txt",
    "a hidden file that is not listed": "/static/..data",
    "the ledger": "/static/.lading/ledger",
    "the manifest": "/static/staticfiles.json",
    "an encoded variant by its own name": "/static/css/app.css.br",
    "a compressed variant by its own name": "/static/css/app.css.gz",
    "a very long name": "/static" + "/blah" * 600,
    "a very long segment": "/static/" + "a" * 3000,
}

PATHS = [
    *(
        Row("RFC 3986 §2.1", f"the path {target}", target, 200, body=content(name))
        for target, name in _SERVED.items()
    ),
    *(
        Row(
            "RFC 9110 §17.3",
            name,
            target,
            404,
            expect={"Cache-Control": "no-store", "X-Injected": None},
        )
        for name, target in _NOT_SERVED.items()
    ),
    Row("RFC 9110 §17.3", "below another prefix", "/static../outside.txt", 200, body=APPLICATION),
    Row("RFC 9110 §17.3", "the prefix alone", "/static", 200, body=APPLICATION),
    Row("RFC 9110 §17.3", "the prefix in another case", "/STATIC/one.txt", 200, body=APPLICATION),
    Row("RFC 9110 §17.3", "any other path", "/", 200, body=APPLICATION),
]
