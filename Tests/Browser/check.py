"""Looks at pages in a real browser: check.py BROWSER REPORT SIMULATION SITE [PICTURES]. Prints TAP; ends with 1 if something does not hold."""
import json
import os
import sys

sys.dont_write_bytecode = True
from page import Browser  # noqa: E402

count, bad = 0, 0


def holds(sentence, truth, detail=""):
    global count, bad
    count += 1
    bad += 0 if truth else 1
    print(f"{'ok' if truth else 'not ok'} {count} - {sentence}" + ("" if truth else f"\n# {detail}"), flush=True)


# Contrast of what is written against what is behind it, by WCAG 2: the least of all texts, with the text.
CONTRAST = """(() => {
  const light = c => { const v = c.map(x => { x /= 255; return x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4 });
    return .2126 * v[0] + .7152 * v[1] + .0722 * v[2] };
  const read = s => { const m = s.match(/[\\d.]+/g).map(Number); return m.length > 3 && m[3] === 0 ? null : m.slice(0, 3) };
  let least = [99, ''];
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg') || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.getClientRects().length) continue;
    let at = e, back = null;
    while (at && !(back = read(getComputedStyle(at).backgroundColor))) at = at.parentElement;
    const a = light(read(getComputedStyle(e).color) || [0, 0, 0]), b = light(back || [255, 255, 255]);
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < least[0]) least = [ratio, e.textContent.trim().slice(0, 40)];
  }
  return least;
})()"""


def report(browser, file, pictures):
    for width in (1280, 390):
        for dark in (False, True):
            name = f"{width} wide, {'dark' if dark else 'light'}"
            browser.open(file, width, dark)
            room = browser.value("[document.documentElement.scrollWidth, innerWidth]")
            holds(f"the report is no wider than its window, {name}", room[0] <= room[1], room)
            contrast = browser.value(CONTRAST)
            holds(f"every text of the report stands out by 4.5 or more, {name}", contrast[0] >= 4.5, contrast)
            if pictures:
                browser.picture(f"{pictures}/report-{width}-{'dark' if dark else 'light'}.png")
            if not dark and width == 1280:
                behaviour(browser)
            asked = [u for u in browser.requests() if not u.startswith("data:")]
            holds(f"no request leaves the report, {name}", asked == ["file://" + os.path.abspath(file)], asked)
            holds(f"the browser complains about nothing in the report, {name}", browser.complaints() == [], browser.complaints())


def simulation(browser, file, pictures):
    for width in (1280, 390):
        for dark in (False, True):
            name = f"{width} wide, {'dark' if dark else 'light'}"
            browser.open(file, width, dark)
            room = browser.value("[document.documentElement.scrollWidth, innerWidth]")
            holds(f"the page of a simulation is no wider than its window, {name}", room[0] <= room[1], room)
            contrast = browser.value(CONTRAST)
            holds(f"every text of it stands out by 4.5 or more, {name}", contrast[0] >= 4.5, contrast)
            if pictures:
                browser.picture(f"{pictures}/simulation-{width}-{'dark' if dark else 'light'}.png")
            # Bars and letters of a plot stay inside its drawing, and no letter lies on another row's.
            out = browser.value("""[...document.querySelectorAll('svg.plot')].flatMap(s => [...s.querySelectorAll('text, rect, path')]
              .filter(e => { const b = e.getBBox(), v = s.viewBox.baseVal; return b.x < 0 || b.x + b.width > v.width || b.y + b.height > v.height })
              .map(e => e.textContent || e.outerHTML))""")
            holds(f"nothing leaves its plot, {name}", out == [], out)
            asked = [u for u in browser.requests() if not u.startswith("data:")]
            holds(f"no request leaves it, {name}", asked == ["file://" + os.path.abspath(file)], asked)
            holds(f"the browser complains about nothing in it, {name}", browser.complaints() == [], browser.complaints())
    bars = browser.value("[...document.querySelectorAll('figure')].map(f => f.querySelectorAll('g').length)")
    holds("each plot has a row for each of the four strategies", bars and all(n == 4 for n in bars), bars)


def behaviour(browser):
    # The first matrix is of the deployment, and the other one of its rollback, in which no host needs attention.
    visible = "[...document.querySelector('.matrix').querySelectorAll('tbody tr')].filter(r => r.getClientRects().length).length"
    every, fine = browser.value(visible), browser.value("document.querySelector('.matrix').querySelectorAll('tr.fine').length")
    browser.click(".filter")
    left = browser.value(visible)
    holds("the filter leaves the hosts that need attention", fine > 0 and left == every - fine, [every, fine, left])
    browser.click(".filter")
    holds("the filter brings the others back", browser.value(visible) == every, browser.value(visible))
    shown = "document.querySelector('details pre').checkVisibility() ? 1 : 0"
    before = browser.value(shown)
    browser.click("details summary")
    holds("a log is folded until somebody opens it", before == 0 and browser.value(shown) > 0, before)
    browser.value("document.querySelector('details summary').focus()")
    for kind in ("keyDown", "keyUp"):
        text = "\r" if kind == "keyDown" else ""
        browser.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text=text, windowsVirtualKeyCode=13)
    holds("the keyboard folds it again", browser.value(shown) == 0, browser.value(shown))
    # Texts from hosts are part of the page's text, and nothing else.
    holds("what a host printed is no markup", browser.value("document.querySelectorAll('script, img, iframe, object').length") == 0)


def site(browser, folder, pictures):
    files = sorted(os.path.join(f, n) for f, _, names in os.walk(folder) for n in names if n.endswith(".html"))
    wide, dull, asked, said = [], [], [], []
    for file in files:
        for width, dark in ((1280, False), (390, True)):
            browser.open(file, width, dark)
            name = os.path.relpath(file, folder)
            if browser.value("document.documentElement.scrollWidth > innerWidth"):
                wide.append(f"{name} at {width}")
            contrast = browser.value(CONTRAST)
            if contrast[0] < 4.5:
                dull.append(f"{name}: {contrast}")
            asked += [u for u in browser.requests() if not u.startswith(("data:", "file://" + os.path.abspath(folder)))]
            said += browser.complaints()
            if pictures and name in ("index.html", "rollouts.html", "cli.html"):
                browser.picture(f"{pictures}/site-{name[:-5]}-{width}-{'dark' if dark else 'light'}.png", whole=False)
    holds(f"no page of the site is wider than its window ({len(files)} pages)", files and not wide, wide)
    holds("every text of the site stands out by 4.5 or more", not dull, dull)
    holds("no request leaves the site", not asked, asked)
    holds("the browser complains about no page of the site", not said, said)


def main():
    program, page, plots, folder = sys.argv[1:5]
    pictures = sys.argv[5] if len(sys.argv) > 5 else None
    browser = Browser(program)
    try:
        report(browser, page, pictures)
        simulation(browser, plots, pictures)
        site(browser, folder, pictures)
    finally:
        browser.close()
    print(f"1..{count}")
    print(json.dumps({"failed": bad}))
    return 1 if bad else 0


sys.exit(main())
