"""Goes through the pages that are behind a login: login.py URL USER PASSWORD LINK. Whatever is wrong is printed, and the exit code is 1."""

import sys
import tempfile
from urllib.parse import urlsplit

from browser import Browser, strange


def press(browser, button):
    """Sends the form of a button, and tells what was odd about what came of that."""
    browser.events.clear()
    browser.value(f"[...document.querySelectorAll('form[method=post] button')].find(it => it.innerText == '{button}').click()")
    browser.await_event("Page.loadEventFired")
    return [odd for event in browser.events if (odd := strange(event))]


def steps(browser, url, user, password, link):
    says = lambda: browser.value("document.body.innerText")
    refused = lambda path, status: f"{status} {url}{path}" in browser.open(f"{url}{path}")
    yield "shown without the login", refused("/", 401)
    yield "not shown with the login", browser.open(f"{url}/".replace("://", f"://{user}:{password}@")) == []
    yield "people are shown without a link", refused("/person", 403) and "rosterd open" in says()
    yield "the login was forgotten", browser.open(f"{url}/") == [] and "rosterd" in says()
    yield "the link does not work", browser.open(link) == [] and press(browser, "Show") == []
    yield "people are not shown", browser.open(f"{url}/person") == [] and "Directory key" in says()
    yield "the session can't be closed", press(browser, "Close these pages") == [] and refused("/person", 403)
    yield "the login was forgotten at the end", browser.open(f"{url}/") == []


def main(url, user, password, link):
    # The authority is one of a test, and the name is one of an example.
    flags = ["--ignore-certificate-errors", f"--host-resolver-rules=MAP {urlsplit(url).hostname} 127.0.0.1"]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder, *flags)
        try:
            wrong = [what for what, well in steps(browser, url, user, password, link) if not well]
        finally:
            browser.close()
    print("\n".join(wrong))
    sys.exit(bool(wrong))


main(*sys.argv[1:])
