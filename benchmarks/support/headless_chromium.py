"""A real browser without a window: Chromium, spoken to through two pipes by its DevTools protocol."""

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MAX_WAIT_SECONDS = 600.0
"""After which a wait has failed; far more than the wait takes on a busy machine."""
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


class Browser:
    """One page at a time; `complaints` is what the browser said against it, `asked` what it wanted from elsewhere."""

    def __init__(self, folder: Path, flags: Sequence[str] = ("--disable-gpu",)) -> None:
        """folder: of its user data. FileNotFoundError where there is no Chromium."""
        program = next((found for name in NAMES if (found := shutil.which(name))), None)
        if program is None:
            raise FileNotFoundError("needs Chromium: apt-get install chromium")
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        words = [
            program, "--headless=new", "--no-sandbox", "--remote-debugging-pipe", f"--user-data-dir={folder}",
            "--autoplay-policy=no-user-gesture-required", "--disable-dev-shm-usage", *flags,
            "--no-first-run", "--disable-background-networking", "--hide-scrollbars", "--force-color-profile=srgb",
            "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
        ]  # fmt: skip

        # the browser reads from its descriptor 3 and writes to its 4
        redirect = ["bash", "-c", f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}', *words]
        self._process = subprocess.Popen(redirect, pass_fds=(theirs_in, theirs_out), stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self._rest, self._number, self._session = b"", 0, ""
        self.complaints: list[str] = []
        self.asked: list[str] = []
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.tell(f"{domain}.enable")
        self.tell(
            "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0
        )

    def tell(self, method: str, **params: Any) -> dict[str, Any]:
        """Give an order; what it answers."""
        self._number += 1
        order: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            order["sessionId"] = self._session
        os.write(self._to, json.dumps(order).encode() + b"\0")
        while True:
            heard = self._hear()
            if heard.get("id") == self._number:
                assert "error" not in heard, heard
                return dict(heard["result"])

    def open(self, path: Path, wide: int = 1280, high: int = 900, dress: str = "light") -> None:
        """Open a file in a window of so many pixels, in the light or the dark dress."""
        self.complaints, self.asked = [], []
        self.tell("Emulation.setDeviceMetricsOverride", width=wide, height=high, deviceScaleFactor=1, mobile=False)
        self.tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": dress}])
        self.tell("Page.navigate", url=path.resolve().as_uri())
        self.wait("document.readyState === 'complete' && location.protocol === 'file:'")

    def ask(self, script: str) -> Any:
        """The value of a script on the page, as after a click; promises are waited for."""
        told = self.tell(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def wait(self, script: str) -> None:
        """Wait until a script says yes."""
        end = time.monotonic() + MAX_WAIT_SECONDS
        while not self.ask(script):
            assert time.monotonic() < end, f"waited in vain for {script}"
            time.sleep(0.02)

    def picture(self, path: Path, whole: bool = True) -> None:
        """Write what is seen, or all of the page, as a PNG."""
        shot = self.tell("Page.captureScreenshot", captureBeyondViewport=whole, **self._extent(whole))
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)

    def _extent(self, whole: bool) -> dict[str, Any]:
        if not whole:
            return {}
        size = self.tell("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}

    def _hear(self) -> dict[str, Any]:
        """The next thing it says; what it says by itself is kept."""
        while b"\0" not in self._rest:
            part = os.read(self._from, 1 << 16)
            assert part, "the browser has ended"
            self._rest += part
        text, self._rest = self._rest.split(b"\0", 1)
        heard: dict[str, Any] = json.loads(text)
        method, params = heard.get("method"), heard.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.complaints.append(
                details.get("exception", {}).get("description") or details.get("text", "exception")
            )
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.complaints.append(str(params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent" and not params["request"]["url"].startswith(("data:", "file:")):
            self.asked.append(params["request"]["url"])
        return heard
