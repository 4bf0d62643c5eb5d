"""Chromium without a window, by the DevTools protocol over its pipe."""

import base64
import itertools
import json
import os
import subprocess

FLAGS = [
    "--headless=new",
    "--no-sandbox",  # the page is ours, and tests may run as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
]


class Browser:
    def __init__(self, folder, *more):
        ours, theirs = os.pipe(), os.pipe()

        def pipes():
            # Chromium reads commands from 3 and writes to 4. Taken away first, as either may be one of ours.
            read, write = os.dup(ours[0]), os.dup(theirs[1])
            os.dup2(read, 3)
            os.dup2(write, 4)

        command = ["chromium", *FLAGS, *more, f"--user-data-dir={folder}", "about:blank"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, preexec_fn=pipes, pass_fds=(3, 4), **quiet)
        os.close(ours[0])
        os.close(theirs[1])
        self.write, self.read = os.fdopen(ours[1], "wb", 0), os.fdopen(theirs[0], "rb")
        self.numbers, self.session, self.events = itertools.count(1), None, []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def hear(self):
        text = bytearray()
        while (letter := self.read.read(1)) != b"\0":
            if not letter:
                raise SystemExit("the browser is gone")
            text += letter
        return json.loads(text)

    def ask(self, method, **params):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        self.write.write(json.dumps(message).encode() + b"\0")
        while (heard := self.hear()).get("id") != number:
            self.events.append(heard)
        if "error" in heard:
            raise SystemExit(f"{method}: {heard['error']}")
        return heard["result"]

    def await_event(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.hear())

    def open(self, url):
        """Loads a page, and tells what was odd about that."""
        self.events.clear()
        self.ask("Page.navigate", url=url)
        self.await_event("Page.loadEventFired")
        return [odd for event in self.events if (odd := strange(event))]

    def value(self, script):
        told = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in told:
            raise SystemExit(f"{script[:80]}: {told['exceptionDetails']}")
        return told["result"].get("value")

    def look(self, width, scheme):
        scale = 2 if width < 600 else 1
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=scale, mobile=False)
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.ask("Emulation.setEmulatedMedia", features=features)

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode={"Tab": 9}[key])

    def picture(self, file):
        shot = self.ask("Page.captureScreenshot", captureBeyondViewport=True)
        with open(file, "wb") as out:
            out.write(base64.b64decode(shot["data"]))

    def close(self):
        self.session = None
        self.write.write(json.dumps({"id": next(self.numbers), "method": "Browser.close"}).encode() + b"\0")
        self.process.wait(30)


def strange(event):
    """What a flawless page does not make happen."""
    method, params = event.get("method"), event.get("params", {})
    if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Network.loadingFailed"):
        return json.dumps(params)
    if method == "Network.responseReceived" and params["response"]["status"] >= 400:
        return f"{params['response']['status']} {params['response']['url']}"
    return None
