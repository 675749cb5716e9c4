// The page of `graph --format html` in a browser: what is drawn, what a click
// and a key do, and what it is without script, in the dark, on a phone.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { chromium as executablePath, example, frontend, packages } from "./frontend.mjs";

const { chromium } = packages("playwright-core");
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const LOCAL_DEV = ["--target", "local-dev", "--build-arg", "USER_UID=1000", "--build-arg", "USER_GID=1000"];
const WIDE = { width: 1400, height: 900 };
const PHONE = { width: 360, height: 740 };
/** How long a busy machine may take, in milliseconds. */
const PATIENCE = 120_000;

/** Everything that ends something in HTML or in a script. */
const HOSTILE = `</script></style><script>alert(1)</script><img src="x" onerror="alert(2)">'"&lt;<!--`;

let browser;
let folder;
const pages = {};

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "graph-"));
  const draw = (name, file, ...words) => {
    const target = path.join(folder, `${name}.html`);
    fs.writeFileSync(target, frontend("graph", "--format", "html", "-f", file, ...words));
    pages[name] = pathToFileURL(target).href;
  };
  draw("small", example("hello"), "--platform", "linux/amd64,linux/arm64");
  draw("large", example("vllm"), "--platform", "linux/amd64", ...LOCAL_DEV);
  const spec = path.join(folder, "hostile.yaml");
  const text = JSON.stringify(HOSTILE);
  fs.writeFileSync(spec, `framework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}
env: {A: ${text}}\nlabels: {a: ${text}}\ncmd: [${text}]\nentrypoint: [echo, ${text}]\n`);
  draw("hostile", spec, "--platform", "linux/amd64");
  browser = await chromium.launch({ executablePath, args: FLAGS, timeout: PATIENCE });
});

after(async () => {
  await browser?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Opens a page, and fails when the browser complains or anything is loaded. */
async function open(t, name, options = {}) {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => { complaints.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    if (!request.url().startsWith(pages[name])) complaints.push(`loads ${request.url()}`);
  });
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  await page.goto(pages[name]);
  return page;
}

const chosen = (page) => page.evaluate(() => document.querySelector(".box.chosen")?.dataset.id);
const inView = (page, id) => page.evaluate((id) => {
  const [part, pane] = [document.getElementById(id), document.querySelector(".details")];
  const [at, frame] = [part.getBoundingClientRect(), pane.getBoundingClientRect()];
  const bottom = Math.min(frame.bottom, innerHeight);
  return at.top >= Math.max(frame.top, 0) - 1 && at.top < bottom;
}, id);

for (const name of ["small", "large"]) {
  test(`boxes of the ${name} plan are all there, apart, and hold their texts`, async (t) => {
    const page = await open(t, name);
    const found = await page.evaluate(() => {
      const article = document.querySelector("article");
      const rect = (one) => { const { left, right, top, bottom } = one.getBoundingClientRect(); return { left, right, top, bottom }; };
      const frames = [...article.querySelectorAll(".stage > .frame, .source > .frame")].map(rect);
      const overlaps = frames.flatMap((one, at) => frames.slice(at + 1).filter((other) =>
        one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom));
      const outside = [...article.querySelectorAll(".graph text")].filter((text) => {
        const [inner, outer] = [rect(text), rect(text.parentNode.querySelector(".frame"))];
        return inner.left < outer.left || inner.right > outer.right;
      });
      return { overlaps, outside: outside.map((one) => one.textContent), boxes: article.querySelectorAll(".box").length };
    });
    const words = name === "small" ? ["-f", example("hello")] : ["-f", example("vllm"), ...LOCAL_DEV];
    const [graph] = JSON.parse(frontend("graph", "--format", "json", "--platform", "linux/amd64", ...words));
    const steps = graph.stages.reduce((sum, stage) => sum + stage.steps.length, 0);
    assert.equal(found.boxes, graph.stages.length + steps + graph.sources.length);
    assert.deepEqual(found.overlaps, []);
    assert.deepEqual(found.outside, []);
  });

  test(`lines of the ${name} plan lead from box to box and cross none`, async (t) => {
    const page = await open(t, name);
    const { wrong, lines } = await page.evaluate(() => {
      const article = document.querySelector("article");
      const frames = [...article.querySelectorAll(".stage > .frame, .source > .frame")].map((one) => one.getBBox());
      const box = (id) => article.querySelector(`[data-id="${id}"] .frame`).getBBox();
      const wrong = [];
      const lines = [...article.querySelectorAll(".line[data-from]")];
      for (const line of lines) {
        const [from, to, length] = [box(line.dataset.from), box(line.dataset.to), line.getTotalLength()];
        const [begin, end] = [line.getPointAtLength(0), line.getPointAtLength(length)];
        if (Math.abs(begin.x - from.x - from.width) > 3 || Math.abs(end.x - to.x) > 3 || end.y < to.y || end.y > to.y + to.height) wrong.push(["ends", line.dataset.from, line.dataset.to]);
        for (let at = 4; at < length - 4; at += 4) {
          const { x, y } = line.getPointAtLength(at);
          const hit = frames.some((one) => x > one.x + 1 && x < one.x + one.width - 1 && y > one.y && y < one.y + one.height);
          if (hit) { wrong.push(["crosses", line.dataset.from, line.dataset.to]); break; }
        }
      }
      return { wrong, lines: lines.length };
    });
    assert.deepEqual(wrong, []);
    assert.ok(lines >= (name === "small" ? 4 : 80), String(lines));
  });

  for (const colorScheme of ["light", "dark"]) {
    test(`texts and lines of the ${name} plan stand out, ${colorScheme}`, async (t) => {
      const page = await open(t, name, { colorScheme });
      await page.evaluate(() => new Promise((resolve) => {
        addEventListener("hashchange", () => resolve(), { once: true });
        location.hash = "#p1-stage1_1";
      }));
      const weak = await page.evaluate(weakColours);
      assert.deepEqual(weak, []);
    });
  }

  test(`a phone scrolls the ${name} plan and not the page`, async (t) => {
    const page = await open(t, name, { viewport: PHONE, isMobile: true, hasTouch: true });
    const width = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth, innerWidth]);
    assert.deepEqual(width, [PHONE.width, PHONE.width, PHONE.width]);
    await page.locator(".result .name").first().tap();
    // A tap becomes a click a moment later.
    await page.waitForFunction(() => location.hash);
    const id = await page.evaluate(() => location.hash.slice(1));
    assert.ok(await inView(page, id), id);
  });
}

/** Runs in the page: texts below 4.5 to 1 and lines below 3 to 1, as WCAG counts. */
function weakColours() {
  const channels = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const light = (colour) => {
    const [r, g, b] = channels(colour).slice(0, 3).map((one) => {
      const share = one / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const opaque = (colour) => { const [, , , alpha] = channels(colour); return colour !== "none" && alpha !== 0; };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const frame = one.closest("svg.graph") && one.querySelector(":scope > .frame");
      if (frame && opaque(getComputedStyle(frame).fill)) return getComputedStyle(frame).fill;
      const colour = getComputedStyle(one).backgroundColor;
      if (opaque(colour)) return colour;
    }
    return getComputedStyle(document.body).backgroundColor;
  };
  const shown = (one) => one.getClientRects().length > 0;
  const own = (one) => [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  const weak = new Set();
  for (const one of [...document.querySelectorAll("body *:not(script, title)")].filter((one) => shown(one) && own(one))) {
    const style = getComputedStyle(one);
    const colour = one instanceof SVGElement ? style.fill : style.color;
    const found = ratio(colour, behind(one));
    if (found < 4.5) weak.add(`${one.tagName}.${one.getAttribute("class")} ${colour} on ${behind(one)}: ${found.toFixed(2)}`);
  }
  document.querySelector(".asked")?.classList.remove("asked");
  for (const one of document.querySelectorAll(".line, .bullet, .plus, .sign")) {
    const style = getComputedStyle(one);
    const found = ratio(one.matches(".bullet") ? style.fill : style.stroke, getComputedStyle(document.body).backgroundColor);
    if (found < 3) weak.add(`${one.getAttribute("class")}: ${found.toFixed(2)}`);
  }
  return [...weak];
}

test("a click shows what a box is, and what it is joined to", async (t) => {
  const page = await open(t, "large");
  await page.locator(".box.step", { hasText: "build UCX" }).click();
  const id = await chosen(page);
  assert.ok(await inView(page, id), id);
  const part = await page.locator(`#${id}`).innerText();
  for (const words of ["build UCX v1.20.0", "command", "network", "because of", ".yaml:"]) assert.ok(part.includes(words), words);
  const near = await page.locator(".near").evaluateAll((all) => all.map((one) => one.textContent));
  assert.ok(near.some((one) => one.includes("gdrcopy")), near.join());
  const on = await page.locator(".line.on").count();
  assert.ok(on > 0 && on < await page.locator(".line[data-from]").count());
});

test("all is done by keyboard", async (t) => {
  const page = await open(t, "large");
  await page.keyboard.press("/");
  await page.keyboard.type("wheel kv block");
  await page.keyboard.press("Enter");
  const first = await chosen(page);
  assert.match(await page.locator(`#${first}`).innerText(), /KV block manager/i);
  assert.ok(await inView(page, first));
  await page.keyboard.press("ArrowLeft");
  const source = await chosen(page);
  assert.notEqual(source, first);
  const joined = page.locator(`.line[data-from="${source}"]`);
  assert.ok(await joined.count() > 0, `${first} ${source}`);
  await page.keyboard.press("ArrowDown");
  assert.notEqual(await chosen(page), source);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => location.hash.slice(1)), await chosen(page));
});

test("a search leaves what it finds", async (t) => {
  const page = await open(t, "large");
  const parts = await page.locator(".part:visible").count();
  await page.fill("#search", "libfabric v2.3.0");
  const left = await page.locator(".part:visible").allInnerTexts();
  assert.ok(left.length > 0 && left.length < parts / 2, String(left.length));
  assert.ok(left.every((text) => /libfabric/i.test(text)));
  assert.equal(await page.locator("#found").innerText(), `${left.length} found`);
  assert.equal(await page.locator("h2:visible", { hasText: "Image config" }).count(), 0);
  await page.fill("#search", "");
  assert.equal(await page.locator(".part:visible").count(), parts);
});

test("a platform is a tab, and the picture has a size", async (t) => {
  const page = await open(t, "small");
  assert.equal(await page.locator("article:visible").count(), 1);
  await page.locator("nav a", { hasText: "linux/arm64" }).click();
  // The address changes first, and the page follows it.
  await page.locator('article[aria-label="linux/arm64"]').waitFor({ state: "visible" });
  assert.equal(await page.locator("article:visible").count(), 1);
  const width = () => page.locator(".graph:visible").getAttribute("width").then(Number);
  const before = await width();
  await page.click("#larger");
  assert.ok(await width() > before);
});

test("without script everything is there and every box is a link", async (t) => {
  const page = await open(t, "small", { javaScriptEnabled: false });
  assert.equal(await page.locator("article:visible").count(), 2);
  assert.equal(await page.locator("#tools").isVisible(), false);
  await page.locator(".box.step", { hasText: "add uv" }).first().click();
  const target = new URL(page.url()).hash.slice(1);
  assert.match(await page.locator(`#${target}`).innerText(), /add uv/);
  const { y } = await page.locator(`#${target}`).boundingBox();
  assert.ok(y >= 0 && y < WIDE.height, String(y));
});

test("on paper the picture fits, and there are no tools", async (t) => {
  const page = await open(t, "large");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("#tools").isVisible(), false);
  const { width } = await page.locator(".graph").boundingBox();
  assert.ok(width <= WIDE.width, String(width));
  assert.ok(await page.locator(".part").last().isVisible());
});

test("a hostile spec is text on the page, and the policy lets nothing else run", async (t) => {
  const page = await open(t, "hostile");
  assert.equal(await page.locator("script").count(), 1);
  assert.equal(await page.locator("img").count(), 0);
  const image = await page.locator("#p1-image-config + .part").innerText();
  assert.ok(image.includes(`A=${HOSTILE}`), image);
  const context = await browser.newContext();
  t.after(() => context.close());
  const other = await context.newPage();
  await other.goto(pages.hostile);
  const refused = await other.evaluate(async (patience) => {
    const refused = [];
    const attempts = [["script", "textContent", "window.ran = true"], ["style", "textContent", "b{}"], ["img", "src", "https://host.invalid/x"]];
    // The browser tells of each when it comes to it.
    const told = new Promise((resolve) => {
      setTimeout(resolve, patience);
      addEventListener("securitypolicyviolation", (event) => {
        if (refused.push(event.effectiveDirective) === attempts.length) resolve();
      });
    });
    for (const [tag, member, value] of attempts) {
      document.body.append(Object.assign(document.createElement(tag), { [member]: value }));
    }
    await told;
    return [window.ran, refused.sort()];
  }, PATIENCE);
  assert.deepEqual(refused, [undefined, ["img-src", "script-src-elem", "style-src-elem"]]);
});
