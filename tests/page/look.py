"""Looks at a page: look.py URL NAME [SESSION]. Whatever is wrong is printed, and the exit code is 1."""

import os
import sys
import tempfile

from browser import Browser

AXE = "axe.run(document, {resultTypes: ['violations']}).then(told => told.violations.map(rule => `${rule.id}: \
${rule.help}: ${rule.nodes.map(node => node.html).slice(0, 3).join(' ')}`))"
STOPS = "[...document.querySelectorAll('a[href], summary, input, button, [tabindex=\"0\"]')].filter(it => it.checkVisibility())"
HERE = "(() => { const it = document.activeElement; const shows = getComputedStyle(it).outlineStyle != 'none' || \
it.classList.contains('skip'); return [stops.indexOf(it), shows, it.outerHTML.slice(0, 80)]; })()"


def by_keyboard(browser):
    """Every link, summary and scrolling region comes in the order of the page, and is seen to have the focus."""
    count = browser.value(f"globalThis.stops = {STOPS}; document.activeElement.blur(); stops.length")
    wrong = []
    for expected in range(count):
        browser.press("Tab")
        at, shows, html = browser.value(HERE)
        if at != expected:
            wrong.append(f"stop {expected} of the keyboard is {html}")
        if not shows:
            wrong.append(f"the focus is not seen on {html}")
    return wrong if count > 3 else [f"only {count} stops for the keyboard"]


def looks(browser, url, name, axe, folder):
    for scheme in ("light", "dark"):
        for width in (1280, 360):
            where = f"{name}-{scheme}-{width}"
            browser.look(width, scheme)
            wrong = browser.open(url)
            browser.picture(os.path.join(folder, f"{where}.png"))
            too_wide = browser.value("document.documentElement.scrollWidth") - width
            if too_wide > 0:
                wrong.append(f"{too_wide} px too wide")
            wrong += by_keyboard(browser)
            browser.value("document.querySelectorAll('details').forEach(it => it.open = true)")
            browser.picture(os.path.join(folder, f"{where}-open.png"))
            browser.value(axe)
            wrong += browser.value(AXE)
            yield from (f"{where}: {what}" for what in wrong)


def without_script(browser, url, name):
    """Nothing is missing where scripts don't run."""
    size = lambda: browser.ask("Page.getLayoutMetrics")["cssContentSize"]
    text = lambda: browser.ask("DOM.getOuterHTML", nodeId=browser.ask("DOM.getDocument")["root"]["nodeId"])["outerHTML"]
    wrong = browser.open(url)
    before, shown = size(), text().count("<")
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    wrong += browser.open(url)
    if size() != before or text().count("<") != shown:
        wrong.append(f"{before} with scripts, {size()} without")
    browser.ask("Emulation.setScriptExecutionDisabled", value=False)
    return [f"{name}, without scripts: {what}" for what in wrong]


def main(url, name, *session):
    with open(os.environ["ROSTERD_TEST_AXE"], encoding="utf-8") as file:
        axe = file.read()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        try:
            for cookie in session:
                browser.ask("Network.setCookie", url=url, name="rosterd_session", value=cookie)
            wrong = [*looks(browser, url, name, axe, os.environ["ROSTERD_TEST_PICTURES"])]
            wrong += without_script(browser, url, name)
        finally:
            browser.close()
    print("\n".join(wrong))
    sys.exit(bool(wrong))


main(*sys.argv[1:])
