// Every page of the table of routes with axe: at 1366 pixels in light and at 390 in dark, and with WIDE set at three
// widths in both; and each by keys: j, k, Enter and ?. What opens by a click is looked at open, too, and pages with
// nothing on them. With SHOTS set, a picture of each; with PRINT set, what each is on paper, A4 and letter.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { FOLDER, SERVER, dated, fits, judge, must, open, person, walked } from "./browse.mjs";

const { SHOTS, PRINT, ONLY } = process.env;
for (const folder of [SHOTS, PRINT]) if (folder) mkdirSync(folder, { recursive: true });
const EVERY = [1366, 820, 390].flatMap((width) => ["light", "dark"].map((scheme) => [width, scheme]));
const LOOKS = process.env.WIDE ? EVERY : [[1366, "light"], [390, "dark"]];
const seen = new Set();
// Every page is looked at before the first fault ends it.
const faults = [];
const sound = async (looked) => looked.catch((fault) => faults.push(fault.message));
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
  if (path) {
    const before = faults.length;
    await sound(walked(page, name));
    if (faults.length > before) await page.goto(`${SERVER}${path}`);
  }
  await sound(dated(page, name));
  const judged = await judge(page);
  for (const [width, scheme] of LOOKS) {
    await page.setViewportSize({ width, height: width > 1000 ? 900 : 1100 });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const what = `${name} at ${width}, ${scheme}`;
    await sound(fits(page, what));
    await sound(judged.accessible(what));
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name.replaceAll(" ", "-")}-${width}-${scheme}.png`, fullPage: true });
  }
  await judged.leave();
  await page.setViewportSize({ width: 1366, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
  if (PRINT) for (const format of ["A4", "Letter"]) writeFileSync(`${PRINT}/${name.replaceAll(" ", "-")}-${format}.pdf`, await page.pdf({ format, preferCSSPageSize: true }));
}

/// The same with everything unfolded that a click unfolds.
async function unfolded(page, name) {
  const some = await page.evaluate(() => {
    const all = [...document.querySelectorAll("main details")];
    for (const one of all) one.open = true;
    return all.length;
  });
  must(some > 0, `${name}: nothing unfolds`);
  await look(page, `${name} unfolded`);
}

const press = (page, name) => page.getByRole("button", { name, exact: true }).first().click();

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
  await guest.getByLabel("Name").fill("ann");
  await guest.getByLabel("Password").fill("not the password");
  await press(guest, "Sign in");
  await guest.getByText("is not right").waitFor();
  await look(guest, "sign in refused");
  await guest.getByLabel("Name").fill("eve");
  await guest.getByLabel("Password").fill(process.env.GIVEN);
  await press(guest, "Sign in");
  await guest.getByLabel("New password").waitFor();
  await look(guest, "sign in new password");
  await guest.goto(`${SERVER}/sign-in`);
  await guest.getByLabel("Name").fill("kim");
  await guest.getByLabel("Password").fill(process.env.PASSWORD);
  await press(guest, "Sign in");
  await guest.getByLabel(/second factor/).fill("000000");
  await look(guest, "sign in second factor");
  await press(guest, "Go on");
  await guest.getByText("code is not right").waitFor();
  await look(guest, "sign in second factor refused");
  const ann = await person(browser, "ann");
  await look(ann, "today specialist", "/");
  await look(ann, "check", "/check");
  await ann.getByLabel(/drop them here/).setInputFiles(`${FOLDER}/march.txt`);
  await ann.getByRole("button", { name: "Check", exact: true }).click();
  await ann.waitForURL(/\/check\/[0-9a-f]+$/);
  await look(ann, "checked");
  await unfolded(ann, "checked");
  await ann.goto(`${SERVER}/check`);
  await ann.getByLabel(/drop them here/).setInputFiles([`${FOLDER}/april-4.txt`, `${FOLDER}/may.txt`, `${FOLDER}/lists/matters.csv`]);
  await press(ann, "Check");
  await ann.waitForURL(/\/check\/[0-9a-f]+$/);
  await look(ann, "checked three files");
  await press(ann, "Take in");
  await ann.getByRole("heading", { name: "Taken in" }).waitFor();
  await look(ann, "taken in");
  await ann.goto(`${SERVER}/invoices?state=checked&client=C1`);
  await ann.getByText("Keep this filter").click();
  await ann.getByLabel("Its name; only you see it").fill("First Fund, to do");
  await ann.getByRole("button", { name: "Keep it" }).click();
  await ann.getByRole("status").waitFor();
  await look(ann, "invoices", "/invoices?state=checked&client=C1");
  await unfolded(ann, "invoices");
  await look(ann, "invoices of every state", "/invoices");
  await look(ann, "lines out", "/invoices/returned");
  const first = await invoice(ann, "2026-0401");
  await look(ann, "invoice", first);
  await unfolded(ann, "invoice");
  await look(ann, "invoice filtered", `${first}?level=review`);
  await look(ann, "line", `${first}/line?item=1`);
  await look(ann, "line to send back", `${first}/line?item=3`);
  await look(ann, "line to write down", `${await invoice(ann, "2026-0402")}/line?item=2`);
  await look(ann, "invoice before its client", await invoice(ann, "R-1"));
  await look(ann, "long invoice", await invoice(ann, "LONG-1"));
  await look(ann, "further lines", `${await invoice(ann, "LONG-1")}/lines?from=100`);
  await ann.keyboard.press("?");
  await ann.getByRole("dialog").waitFor();
  await look(ann, "keys");
  await look(ann, "proof", `${await invoice(ann, "R-1")}/proof`);
  await look(ann, "not found", "/invoices/0123");
  await look(ann, "readiness", "/readiness");
  await look(ann, "submissions", "/submissions");
  await unfolded(ann, "submissions");
  await look(ann, "morning report", "/morning");
  await look(ann, "rejections", "/rejections");
  await look(ann, "reductions", "/reductions");
  await look(ann, "reductions all", "/reductions?which=all");
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
  await unfolded(ann, "payment to decide");
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
  const lists = (text) => [{ name: "clients.csv", mimeType: "text/csv", buffer: Buffer.from(text) }];
  await ann.locator("#file").setInputFiles(lists("client_id,client_name,portal\nC1,First Fund,CounselLink\nC7,Seventh Fund,\n"));
  await press(ann, "Check it");
  await ann.getByRole("heading", { name: /The file is good/ }).waitFor();
  await look(ann, "firm list to be replaced");
  await ann.goto(`${SERVER}/lists/clients`);
  await ann.locator("#file").setInputFiles(lists("client_id,client_name,pay\nC1,First Fund,CounselLink\n,x,y\n"));
  await press(ann, "Check it");
  await ann.getByRole("heading", { name: /Mistakes/ }).waitFor();
  await look(ann, "firm list with mistakes");
  await look(ann, "rules", "/rules");
  await look(ann, "rule", "/rules/rule/block-billing");
  await look(ann, "coverage", "/rules/clients");
  await look(ann, "try a narrative", "/rules/try");
  await ann.getByLabel("Narrative").fill("Review lease file; call with client re rent review; attention to the file");
  await ann.getByLabel("Hours").fill("4.5");
  await press(ann, "Try");
  await ann.getByRole("heading", { name: /How it reads/ }).waitFor();
  await look(ann, "narrative tried");
  await look(ann, "packs", "/rules/packs");
  await look(ann, "pack", "/rules/packs/first");
  await press(ann, "Test it");
  await ann.getByRole("button", { name: /Save it/ }).waitFor();
  await look(ann, "pack tested");
  await ann.getByLabel(/The pack's file/).fill("pack = 7");
  await press(ann, "Test it");
  await ann.getByRole("alert").waitFor();
  await look(ann, "pack with a mistake");
  await look(ann, "invoices of one number", "/find?invoice=TWO-1");
  const ada = await person(browser, "ada");
  await look(ada, "today timekeeper", "/");
  await look(ada, "rewrites", "/rewrites");
  await look(ada, "rewrite", await link(ada, "/rewrites", "/rewrites/"));
  await ada.getByLabel("Text of the line").fill("Review lease file of the harbour warehouse; draft letter to the landlord");
  await ada.locator("#reading").getByText("lease file of the harbour").first().waitFor();
  await look(ada, "rewrite read");
  await look(ada, "forbidden", "/invoices");
  const bob = await person(browser, "bob");
  await look(bob, "today partner", "/");
  await look(bob, "clearing", "/clearing");
  await unfolded(bob, "clearing");
  await look(bob, "invoice partner", first);
  await look(bob, "reductions to accept", await link(bob, "/reductions", "/reductions/"));
  await unfolded(bob, "reductions to accept");
  await look(bob, "appeal", await link(bob, "/appeals", "/appeals/"));
  await bob.getByLabel("Reason", { exact: true }).first().fill("worth it");
  await press(bob, "File it");
  await bob.getByText("the appeal is to be filed").waitFor();
  const appeal = new URL(bob.url()).pathname;
  await look(ann, "appeal to file", appeal);
  await unfolded(ann, "appeal to file");
  await press(ann, "Prepare");
  await ann.getByRole("status").waitFor();
  await look(ann, "appeal prepared");
  for (const paper of ["Packet (text)", "Draft of the letter"]) {
    const coming = ann.waitForEvent("download");
    await press(ann, paper);
    const file = await coming;
    const text = readFileSync(await file.path(), "utf8");
    must(/R-1|Asked for|appeal/i.test(text), `${paper}: ${text}`);
    if (SHOTS) writeFileSync(`${SHOTS}/${file.suggestedFilename()}`, text);
  }
  await bob.goto(`${SERVER}/invoices`);
  for (const box of await bob.locator("main input[name=invoice]").all().then((all) => all.slice(0, 4))) await box.check();
  await press(bob, "Clear for sending");
  await bob.getByRole("link", { name: "Back to the list" }).waitFor();
  await look(bob, "many at once");
  const ira = await person(browser, "ira");
  await look(ira, "today administrator", "/");
  await look(ira, "people", "/people");
  await unfolded(ira, "people");
  await ira.locator("tr", { has: ira.locator("b", { hasText: /^eve$/ }) }).getByRole("button", { name: "Give a password" }).click();
  await ira.getByText("for one sign-in within seven days").waitFor();
  await ira.goto(`${SERVER}/people`);
  const add = ira.locator("section[aria-labelledby=add]");
  await add.getByLabel("Name, as it stands in events").fill("new");
  await add.getByLabel("every client").check();
  await press(ira, "Add");
  await ira.getByRole("link", { name: "Done" }).waitFor();
  await look(ira, "access");
  await look(bob, "audit", "/audit");
  await press(bob, "Verify now");
  await bob.getByText("Nothing was altered").waitFor();
  await look(bob, "audit verified");
  await look(bob, "audit of an invoice", "/audit?invoice=2026-0401");
  await look(ira, "portals administrator", "/portals");
  await unfolded(ira, "portals administrator");
  await press(ira, "Try it hand");
  await ira.getByText("Nothing was changed at the portal").waitFor();
  await look(ira, "portal tried");
  // Somebody whose clients have nothing here yet.
  const tom = await person(browser, "tom");
  for (const path of ["", "invoices", "invoices/returned", "clearing", "rewrites", "readiness", "submissions", "morning", "rejections", "reductions", "appeals", "receivables", "receivables/reminders", "payments", "reports"]) {
    await look(tom, `nothing on ${path.replace("/", " ") || "today"}`, `/${path}`);
  }
  // More than is taken, and what cannot be used.
  writeFileSync(`${FOLDER}/huge.txt`, Buffer.alloc(49 << 20, "x"));
  await tom.goto(`${SERVER}/check`);
  await tom.getByLabel(/drop them here/).setInputFiles(`${FOLDER}/huge.txt`);
  await press(tom, "Check");
  await tom.getByRole("heading", { name: "Too large" }).waitFor();
  await look(tom, "too large");
  const crowd = await tom.context().newPage();
  await crowd.goto(`${SERVER}/sign-in`);
  const asking = crowd.evaluate(async () => {
    while (!window.enough) await Promise.all(Array.from({ length: 40 }, () => fetch("/find?invoice=nothing")));
  });
  for (let tries = 0; (await tom.goto(`${SERVER}/invoices`)).status() !== 429; tries++) must(tries < 200, "nobody ever asks too much");
  await crowd.evaluate(() => { window.enough = true; });
  await asking;
  await crowd.close();
  await look(tom, "too many requests");
  await tom.waitForTimeout(2000);
  await look(tom, "cannot be used", "/receivables?view=moon");
  for (const page of [guest, ann, ada, bob, ira, tom]) {
    const wrong = page.wrong.filter((w) => !/status of (403|413|429)/.test(w));
    must(wrong.length === 0, wrong.join("\n"));
  }
  must(faults.length === 0, `${faults.length} faults`);
  const unseen = patterns.map(([path]) => path).filter((path) => !seen.has(path));
  must(unseen.length === 0, `no look was taken at ${unseen.join(", ")}: add it to tests/web/pages.mjs, or to NO_PAGES if it is no page`);
  console.log(`${seen.size} pages of the table looked at`);
} finally {
  if (faults.length) console.error(faults.join("\n"));
  await browser.close();
}
