// The blind test in a real browser: it plays, counts picks, keeps which is which to itself, and reckons chance rightly.
// Needs playwright-core and axe-core beside it, and Chromium:  node blind.mjs BLIND.html CHROMIUM
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import assert from "node:assert/strict";

const require = createRequire(resolve(process.cwd(), "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [blind, executablePath] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required", "--disable-background-networking"],
});
const page = await (await browser.newContext()).newPage();
const trouble = [];
page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
page.on("pageerror", (error) => trouble.push(String(error)));
page.on("request", (request) => /^(file|data|blob):/.test(request.url()) || trouble.push(`asked for ${request.url()}`));
page.setDefaultTimeout(120_000);
await page.goto(pathToFileURL(resolve(blind)).href);
const state = () => page.evaluate(() => window.mixkeel.state());
const ok = (name) => console.log(`ok ${name}`);

const chance = (most, all) => page.evaluate(([a, b]) => window.mixkeel.chance(a, b), [most, all]);
for (const [most, all, p] of [[5, 5, 0.0625], [6, 6, 0.03125], [8, 10, 0.109375], [9, 10, 0.021484375], [5, 10, 1]]) {
  assert.ok(Math.abs((await chance(most, all)) - p) < 1e-9, `${most} of ${all} is not ${p}`);
}
ok("chance is that of coins");

await page.locator("#play").click();
await page.waitForFunction(() => window.mixkeel.state().playing);
await page.keyboard.press("y");
assert.equal((await state()).label, 1);
assert.ok(await page.locator("#show").isDisabled());
for (let n = 0; n < 5; n += 1) await page.locator("#pick-0").click();
const { picks } = await state();
assert.equal(picks[0] + picks[1], 5);
await page.locator("#show").click();
const said = await page.locator("#result").textContent();
assert.match(said, /does not beat chance/, "five picks cannot");
assert.match(said, new RegExp(`in ${Math.max(...picks)} of 5 picks`));
ok("picks are counted, and five of them do not beat chance");

// Sixty picks of X, whatever it is: one sound comes out in all of them only once in 2^59 pages if the draw is fair.
for (let n = 0; n < 60; n += 1) await page.locator("#pick-0").click();
const after = (await state()).picks;
assert.ok(after[0] > 10 && after[1] > 10, `X was ${after}`);
ok("which of them is X is drawn anew");

await page.evaluate(axe);
const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }));
assert.deepEqual(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`), []);
assert.deepEqual(trouble, []);
ok("nobody is shut out, and nothing is asked of the network");
await browser.close();
