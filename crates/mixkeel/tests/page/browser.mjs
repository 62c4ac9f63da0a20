// The report in a real browser: it plays, seeks, switches, can be read without a mouse or eyes, and asks the network for
// nothing. Needs playwright-core and axe-core beside it, and Chromium:  node browser.mjs REPORT.html CHROMIUM
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import assert from "node:assert/strict";

const require = createRequire(resolve(process.cwd(), "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [report, executablePath] = process.argv.slice(2);
const url = pathToFileURL(resolve(report)).href;
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required", "--disable-background-networking"],
});
let passed = 0;
const test = async (name, options, body) => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const trouble = [];
  page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("request", (request) => /^(file|data|blob):/.test(request.url()) || trouble.push(`asked for ${request.url()}`));
  await page.goto(url);
  await body(page);
  assert.deepEqual(trouble, [], name);
  await context.close();
  passed += 1;
  console.log(`ok ${name}`);
};
const unfolded = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
const state = (page) => page.evaluate(() => window.mixkeel.state());

await test("it opens on the verdict with everything else folded", {}, async (page) => {
  assert.ok(await page.locator(".verdict .word").isVisible());
  assert.equal(await page.locator("details.part[open]").count(), 0);
  assert.ok((await page.locator(".verdict li").count()) <= 3);
});

await test("it plays, and switches sources without stopping", {}, async (page) => {
  await page.locator("#play").click();
  await page.waitForFunction(() => window.mixkeel.state().playing && window.mixkeel.state().position > 0.2);
  const sources = page.locator("input[name=source]");
  await sources.nth(1).check();
  const before = await state(page);
  assert.ok(before.playing && before.source === 1);
  await page.waitForTimeout(300);
  assert.ok((await state(page)).position > before.position, "it goes on from where it was");
  await page.locator("#play").click();
  assert.equal((await state(page)).playing, false);
});

await test("the place can be set from the keyboard", {}, async (page) => {
  await page.locator("#place").focus();
  for (let n = 0; n < 20; n += 1) await page.keyboard.press("ArrowRight");
  const { position } = await state(page);
  assert.ok(Math.abs(position - 2) < 0.2, `20 steps of 0.1 s are 2 s, not ${position}`);
});

await test("a finding plays where it is", {}, async (page) => {
  await unfolded(page);
  const here = page.locator("button[data-seek]");
  if ((await here.count()) === 0) return;
  const at = Number(await here.first().getAttribute("data-seek"));
  await here.first().click();
  await page.waitForFunction(() => window.mixkeel.state().playing || document.getElementById("player-status").textContent.includes("none of the loops"));
  const now = await state(page);
  if (now.playing) {
    const loops = JSON.parse(await page.locator("#loops").textContent());
    const heard = loops[now.loop].from_s + now.position;
    assert.ok(heard >= at - 0.2 && heard < at + 3, `${heard} is not ${at}`);
  }
});

await test("every chart has its table, with figures in it", {}, async (page) => {
  await unfolded(page);
  const charts = await page.locator("figure").count();
  assert.ok(charts >= 4, `${charts} charts`);
  assert.equal(await page.locator("figure table").count(), charts);
  for (const table of await page.locator("figure table").all()) assert.ok((await table.locator("tbody tr").count()) > 0);
});

for (const [name, options] of [
  ["light", { colorScheme: "light", viewport: { width: 1000, height: 900 } }],
  ["dark", { colorScheme: "dark", viewport: { width: 1000, height: 900 } }],
  ["on a phone", { viewport: { width: 360, height: 740 } }],
]) {
  await test(`nothing is out of reach: ${name}`, options, async (page) => {
    await unfolded(page);
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }));
    const told = found.violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ")}`);
    assert.deepEqual(told, []);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `the page is ${wide} px wider than the screen`);
  });
}

await browser.close();
console.log(`${passed} passed, 0 failed`);
