"""What a visitor does with a page that plays an instrument, in headless Chromium."""

import json

ONE_OF_EACH_KIND = ("celesta", "violin", "sugarplum", "mosaic")
AS_LEARNED = ("celesta", "sugarplum")
MIN_SHARE = 0.3  # of the meter, 60 dB


def open_page(browser, path, *window):
    """Open a page, and wait until it can be played. A button that the last test held is released."""
    browser.tell("Input.dispatchMouseEvent", type="mouseReleased", x=0, y=0, button="left", clickCount=1)
    browser.open(path, *window)
    assert browser.ask("player.then(one => one !== null)")
    browser.wait("player.then(one => one.keyboard.width > 100)")  # laid out


def press(browser, code, key):
    """Press and let go a key of the computer."""
    for kind in ("keyDown", "keyUp"):
        browser.tell("Input.dispatchKeyEvent", type=kind, code=code, key=key)


def click(browser, selector, across=0.5, down=0.5, release=True):
    """Click at a place of an element, in shares of its size."""
    x, y = browser.ask(
        f"(box => [box.left + {across} * box.width, box.top + {down} * box.height])"
        f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
    )
    for kind in ("mousePressed", "mouseReleased")[: 1 + release]:
        browser.tell("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)


def wait_for_sound(browser):
    browser.wait(f"player.then(one => Math.max(...one.meter.shares) > {MIN_SHARE})")
