// A browser for the tests: real Chromium, nothing from elsewhere, every message of the console a failure.
import { createRequire } from "node:module";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { keys, mouse, watchPointer } from "./hands.mjs";
const require = createRequire(join(process.env.MODULES, "x.js"));
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
export const SERVER = process.env.SERVER;
export const FOLDER = process.env.FOLDER;

export async function open() {
  return chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-background-networking", "--disable-gpu"] });
}

/// Somebody with a browser of their own.
export async function person(browser, name, { hand, ...options } = {}) {
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1366, height: 900 }, bypassCSP: false, ...options });
  if (hand === keys) await context.addInitScript(watchPointer);
  const page = await context.newPage();
  page.wrong = [];
  // The window in which files are chosen, where a key has opened it.
  if (hand === keys) page.on("filechooser", (chooser) => chooser.setFiles(page.wanted));
  page.on("console", (m) => { if (m.type() === "error" && !/status of (409|422|404)/.test(m.text())) page.wrong.push(m.text()); });
  page.on("pageerror", (e) => page.wrong.push(String(e)));
  page.on("request", (r) => { if (!r.url().startsWith(SERVER) && !r.url().startsWith("data:")) page.wrong.push(`request to ${r.url()}`); });
  await page.goto(`${SERVER}/sign-in`);
  if (name) {
    const { write } = hand ?? mouse;
    await write(page, page.getByLabel("Name"), name);
    await write(page, page.getByLabel("Password"), process.env.PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${SERVER}/`);
  }
  return page;
}

/// No violation of axe's rules. Its script is put into an isolated place: the page's policy forbids foreign scripts.
export async function accessible(page, what) {
  const client = await page.context().newCDPSession(page);
  const { frameTree } = await client.send("Page.getFrameTree");
  const { executionContextId } = await client.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
  await client.send("Runtime.evaluate", { expression: AXE + ";0", contextId: executionContextId });
  const { result, exceptionDetails } = await client.send("Runtime.evaluate", {
    expression: "axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations.map(v => [v.id, v.help, v.nodes.slice(0, 4).map(n => n.html.slice(0, 200) + ' | ' + n.failureSummary)])))",
    contextId: executionContextId, awaitPromise: true, returnByValue: true,
  });
  await client.detach();
  if (exceptionDetails) throw new Error(`${what}: axe: ${exceptionDetails.text} ${exceptionDetails.exception?.description}`);
  const found = JSON.parse(result.value);
  if (found.length) throw new Error(`${what}: ${JSON.stringify(found, null, 1)}`);
}

export function must(yes, what) {
  if (!yes) throw new Error(what);
}

/// The page is not wider than the screen.
export async function fits(page, what) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  must(over <= 0, `${what}: ${over} pixels too wide`);
}
