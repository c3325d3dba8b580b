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

/// A judge of the page that is open, by axe's rules. Its script is put into an isolated place: the page's policy forbids
/// foreign scripts. It holds until the page is left.
export async function judge(page) {
  const client = await page.context().newCDPSession(page);
  const { frameTree } = await client.send("Page.getFrameTree");
  const { executionContextId: contextId } = await client.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
  await client.send("Runtime.evaluate", { expression: AXE + ";0", contextId });
  const expression = "axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations.map(v => [v.id, v.help, v.nodes.slice(0, 4).map(n => n.html.slice(0, 200) + ' | ' + n.failureSummary)])))";
  return {
    async accessible(what) {
      const { result, exceptionDetails } = await client.send("Runtime.evaluate", { expression, contextId, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(`${what}: axe: ${exceptionDetails.text} ${exceptionDetails.exception?.description}`);
      const found = JSON.parse(result.value);
      if (found.length) throw new Error(`${what}: ${JSON.stringify(found, null, 1)}`);
    },
    leave: () => client.detach(),
  };
}

/// No violation of axe's rules as the page stands.
export async function accessible(page, what) {
  const judged = await judge(page);
  await judged.accessible(what);
  await judged.leave();
}

export function must(yes, what) {
  if (!yes) throw new Error(what);
}

/// The page is not wider than the screen, and no table is cut off at its right.
export async function fits(page, what) {
  const over = await page.evaluate(() => {
    const wide = (e) => e.scrollWidth - e.clientWidth;
    const tables = [...document.querySelectorAll("main .scroll")].filter((e) => wide(e) > 0);
    const named = tables.map((e) => `${wide(e)} in the table ${e.querySelector("thead")?.textContent.trim().slice(0, 60)}`);
    return wide(document.documentElement) > 0 ? [`${wide(document.documentElement)} in all`, ...named] : named;
  });
  must(over.length === 0, `${what}: pixels too wide: ${over.join("; ")}`);
}

/// Days stand as the browser's language writes them; what is as a file or a program has it is set apart from that.
export async function dated(page, what) {
  const found = await page.evaluate(() => {
    const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    const all = [];
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      if (node.parentElement.closest("textarea, code, pre, .mono")) continue;
      for (const { index } of node.data.matchAll(/(?<![\w-])(19|20)\d\d-[01]\d-[0-3]\d(?![\d-])/g)) all.push(node.data.slice(Math.max(0, index - 30), index + 30).trim());
    }
    return all;
  });
  must(found.length === 0, `${what}: days that are not in the reader's way: ${JSON.stringify(found.slice(0, 6))}`);
}

/// By keys alone: every row of a list is walked by j and k and seen to have the focus, Enter opens it, ? says so, and Tab
/// goes as the page reads.
export async function walked(page, what) {
  const rows = await page.evaluate(() => {
    const shown = (e) => e.offsetParent !== null;
    window.rowWithFocus = () => [...document.querySelectorAll("main [data-row]")].filter(shown).findIndex((e) => e.contains(document.activeElement));
    return [...document.querySelectorAll("main [data-row]")].filter(shown).length;
  });
  const missed = await page.locator("main table.list tbody tr:not([data-row], .below, .under, .next-lines):not(:has(td.none))").count();
  must(missed === 0, `${what}: j does not come to ${missed} rows of a list`);
  const forced = await page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count();
  must(forced === 0, `${what}: Tab is led another way than the page reads`);
  await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
  if (!rows) return;
  const press = async (key, row) => {
    await page.keyboard.press(key);
    const at = await page.evaluate(() => window.rowWithFocus());
    must(at === row, `${what}: ${key} leads to row ${at}, not ${row}`);
  };
  await press("j", 0);
  if (rows > 1) {
    await press("j", 1);
    await press("k", 0);
  }
  const line = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  must(line !== "none", `${what}: nobody sees which row has the focus`);
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("next, previous row").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  const here = page.url();
  const focused = page.locator(":focus");
  const opens = await focused.evaluate((e) => (e.matches("a[href]") ? "page" : e.matches("summary") ? "part" : ""));
  if (opens === "page") {
    const gone = [page.waitForURL((url) => url.href !== here), page.waitForEvent("download")];
    await page.keyboard.press("Enter");
    await Promise.any(gone);
    for (const rest of gone) rest.catch(() => {});
    await page.goto(here);
  } else if (opens === "part") {
    await page.keyboard.press("Enter");
    must(await focused.evaluate((e) => e.parentElement.open), `${what}: Enter opens nothing`);
    await page.keyboard.press("Enter");
  }
}
