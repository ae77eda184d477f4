"""Sets up the example site, collects its static files, serves it in production mode, prints the address.

With --once it visits every page and file that the first page leads to, and stops: exit code 0 if all
of them answered well, 1 otherwise.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import page_check

SITE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "examples/harbour")
ADMIN = "harbourmaster"

# A new password at each start: one that was printed once would be lost with the terminal.
GIVE_ADMIN_A_PASSWORD = """
import os
from django.contrib.auth import get_user_model
user, _ = get_user_model().objects.get_or_create(username=os.environ["DEMO_ADMIN"])
user.is_staff = user.is_superuser = True
user.set_password(os.environ["DEMO_PASSWORD"])
user.save()
"""


def production(data: str, password: str) -> dict[str, str]:
    """The environment of a production server, whatever the shell that starts the demo has set."""
    environment = {key: value for key, value in os.environ.items() if key not in {"DEBUG", "HTTPS"}}
    return environment | {
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DATA_DIR": data,
        "DEMO_ADMIN": ADMIN,
        "DEMO_PASSWORD": password,
        "DJANGO_SETTINGS_MODULE": "harbour.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
    }


def manage(environment: dict[str, str], *arguments: str, shown: bool = True) -> None:
    """Run one of the site's management commands; raises ``CalledProcessError`` if it fails."""
    if shown:
        print("\n$ python manage.py", *arguments, flush=True)
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=SITE, env=environment, check=True)


@contextmanager
def serving(
    environment: dict[str, str], listener: socket.socket
) -> Iterator[subprocess.Popen[bytes]]:
    """The site's server, gunicorn, on a socket that is handed over to it."""
    command = [sys.executable, "-m", "gunicorn", "harbour.wsgi", "--threads=4"]
    command += [f"--bind=fd://{listener.fileno()}", "--log-level=warning", "--no-control-socket"]
    server = subprocess.Popen(command, cwd=SITE, env=environment, pass_fds=[listener.fileno()])
    listener.close()
    # Only the server holds the socket now: if it dies, visitors are refused and do not wait.
    try:
        yield server
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def report(answers: list[page_check.Answer]) -> int:
    """Print what was visited and what failed; the exit code."""
    kinds = Counter(answer.reference.kind for answer in answers)
    print(
        "Visited",
        ", ".join(f"{kind}: {count}" for kind, count in sorted(kinds.items())),
        flush=True,
    )
    problems = [answer for answer in answers if answer.problem]
    for answer in problems:
        named_by = f" (named by {answer.reference.by})" if answer.reference.by else ""
        print(f"FAILED {answer.reference.url}: {answer.problem}{named_by}", file=sys.stderr)
    return 1 if problems else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--once", action="store_true", help="visit the site, then stop")
    parser.add_argument("--port", type=int, default=0, help="loopback port (default: a free one)")
    parser.add_argument("--data", default=SITE, help="folder for database and collected files")
    options = parser.parse_args()

    # First of all, so that a port in use is said at once.
    listener = socket.create_server(("127.0.0.1", options.port))
    address = "http://{}:{}/".format(*listener.getsockname())

    password = secrets.token_urlsafe(12)
    environment = production(os.path.abspath(options.data), password)
    manage(environment, "migrate", "--verbosity=0")
    manage(environment, "loaddata", "ships")
    manage(environment, "shell", "--verbosity=0", "--command", GIVE_ADMIN_A_PASSWORD, shown=False)
    manage(environment, "collectstatic", "--noinput", "--explain")

    with serving(environment, listener) as server:
        if options.once:
            print(f"\nServing at {address}", flush=True)
            return report(page_check.check(address))
        print(f"\nSkerry Harbour, with DEBUG=False: {address}")
        print(f"Its admin: {address}admin/ (user {ADMIN}, password {password})")
        print("Stop it with Ctrl-C.", flush=True)
        return server.wait()


def stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(0)
    except subprocess.CalledProcessError as error:
        sys.exit(f"{' '.join(error.cmd[1:3])} failed with exit code {error.returncode}; see above.")
    except OSError as error:
        sys.exit(f"The site cannot be served: {error}. Another port: make demo PORT=8001")
