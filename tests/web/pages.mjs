// Every page of the table of routes with axe: at 1366 pixels in light and at 390 in dark, and with WIDE set at three
// widths in both. With SHOTS set, a picture of each; with PRINT set, what some of them are on paper.
import { mkdirSync, writeFileSync } from "node:fs";
import { FOLDER, SERVER, accessible, fits, must, open, person } from "./browse.mjs";

const { SHOTS, PRINT, ONLY } = process.env;
for (const folder of [SHOTS, PRINT]) if (folder) mkdirSync(folder, { recursive: true });
const EVERY = [1366, 820, 390].flatMap((width) => ["light", "dark"].map((scheme) => [width, scheme]));
const LOOKS = process.env.WIDE ? EVERY : [[1366, "light"], [390, "dark"]];
const seen = new Set();
const browser = await open();

/// The row of the table an address belongs to: the one with the most of its words.
const patterns = process.env.PAGES.split(" ").map((path) => [path, new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`)]);
function routeOf(path) {
  const fit = patterns.filter(([, like]) => like.test(path));
  fit.sort((a, b) => (a[0].match(/\{/g) ?? []).length - (b[0].match(/\{/g) ?? []).length);
  return fit[0]?.[0];
}

async function look(page, name, path) {
  if (path) await page.goto(`${SERVER}${path}`);
  seen.add(routeOf(new URL(page.url()).pathname));
  if (ONLY && !name.match(ONLY)) return;
  for (const [width, scheme] of LOOKS) {
    await page.setViewportSize({ width, height: width > 1000 ? 900 : 1100 });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const what = `${name} at ${width}, ${scheme}`;
    await fits(page, what);
    await accessible(page, what);
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name.replaceAll(" ", "-")}-${width}-${scheme}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1366, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
  if (PRINT) writeFileSync(`${PRINT}/${name.replaceAll(" ", "-")}.pdf`, await page.pdf({ preferCSSPageSize: true, format: "A4" }));
}

/// The first link in a row of a page whose address begins so.
async function link(page, from, begins) {
  await page.goto(`${SERVER}${from}`);
  return page.locator(`main [data-row] a[href^="${begins}"]`).first().getAttribute("href");
}

/// The address of an invoice's page.
async function invoice(page, number) {
  await page.goto(`${SERVER}/find?invoice=${number}`);
  return new URL(page.url()).pathname;
}

try {
  const guest = await person(browser, null);
  await look(guest, "sign in");
  const ann = await person(browser, "ann");
  await look(ann, "today specialist", "/");
  await look(ann, "check", "/check");
  await ann.getByLabel(/drop them here/).setInputFiles(`${FOLDER}/march.txt`);
  await ann.getByRole("button", { name: "Check", exact: true }).click();
  await ann.waitForURL(/\/check\/[0-9a-f]+$/);
  await look(ann, "checked");
  await ann.goto(`${SERVER}/invoices?state=checked&client=C1`);
  await ann.getByText("Keep this filter").click();
  await ann.getByLabel("Its name; only you see it").fill("First Fund, to do");
  await ann.getByRole("button", { name: "Keep it" }).click();
  await ann.getByRole("status").waitFor();
  await look(ann, "invoices", "/invoices?state=checked&client=C1");
  await look(ann, "lines out", "/invoices/returned");
  const first = await invoice(ann, "2026-0401");
  await look(ann, "invoice", first);
  await look(ann, "line", `${first}/line?item=1`);
  await look(ann, "proof", `${await invoice(ann, "R-1")}/proof`);
  await look(ann, "not found", "/invoices/0123");
  await look(ann, "readiness", "/readiness");
  await look(ann, "submissions", "/submissions");
  await look(ann, "morning report", "/morning");
  await look(ann, "rejections", "/rejections");
  await look(ann, "reductions", "/reductions");
  await look(ann, "reductions of an invoice", await link(ann, "/reductions", "/reductions/"));
  await ann.locator("main input[name=item]").first().check();
  await ann.getByLabel(/What speaks for it/).fill("The deposition lasted that long.");
  await ann.getByRole("button", { name: "Propose" }).click();
  await ann.waitForURL(/\/appeals\//);
  await look(ann, "appeals", "/appeals");
  await look(ann, "appeals all", "/appeals?which=all");
  await look(ann, "receivables", "/receivables");
  for (const view of ["invoices", "short", "escalate"]) await look(ann, `receivables ${view}`, `/receivables?view=${view}`);
  await look(ann, "reminders", "/receivables/reminders");
  await look(ann, "payments", "/payments");
  await look(ann, "payment to decide", await link(ann, "/payments", "/payments/"));
  await look(ann, "payments of an invoice", `${await invoice(ann, "P-1")}/payments`);
  await ann.goto(`${SERVER}/payments`);
  await ann.getByLabel(/CSV files/).setInputFiles(`${FOLDER}/april.csv`);
  await ann.getByRole("button", { name: "Bring in" }).click();
  await ann.getByRole("heading", { name: /known before/ }).waitFor();
  await look(ann, "remittances brought in");
  await look(ann, "reports", "/reports");
  const names = await ann.locator("ul[aria-label=Reports] a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  for (const path of names) await look(ann, path.slice(1).replace("/", " "), path);
  await look(ann, "report with what is behind it", await link(ann, "/reports/reductions", "/reports/reductions?row"));
  await look(ann, "portals", "/portals");
  await look(ann, "firm lists", "/lists");
  await look(ann, "firm list", "/lists/clients");
  await look(ann, "rules", "/rules");
  await look(ann, "rule", "/rules/rule/block-billing");
  await look(ann, "coverage", "/rules/clients");
  await look(ann, "try a narrative", "/rules/try");
  await look(ann, "packs", "/rules/packs");
  await look(ann, "pack", "/rules/packs/first");
  const ada = await person(browser, "ada");
  await look(ada, "today timekeeper", "/");
  await look(ada, "rewrites", "/rewrites");
  await look(ada, "rewrite", await link(ada, "/rewrites", "/rewrites/"));
  await look(ada, "forbidden", "/invoices");
  const bob = await person(browser, "bob");
  await look(bob, "today partner", "/");
  await look(bob, "clearing", "/clearing");
  await look(bob, "invoice partner", first);
  await look(bob, "appeal", await link(bob, "/appeals", "/appeals/"));
  const ira = await person(browser, "ira");
  await look(ira, "today administrator", "/");
  await look(ira, "people", "/people");
  await look(ira, "audit", "/audit");
  await look(ira, "portals administrator", "/portals");
  for (const page of [guest, ann, ada, bob, ira]) {
    const wrong = page.wrong.filter((w) => !/403/.test(w));
    must(wrong.length === 0, wrong.join("\n"));
  }
  const unseen = patterns.map(([path]) => path).filter((path) => !seen.has(path));
  must(unseen.length === 0, `no look was taken at ${unseen.join(", ")}: add it to tests/web/pages.mjs, or to NO_PAGES if it is no page`);
  console.log(`${seen.size} pages of the table looked at`);
} finally {
  await browser.close();
}
