// Every page, at three widths, in light and dark, with axe; with SHOTS set, a picture of each.
import { mkdirSync } from "node:fs";
import { FOLDER, SERVER, accessible, fits, must, open, person } from "./browse.mjs";

const SHOTS = process.env.SHOTS;
if (SHOTS) mkdirSync(SHOTS, { recursive: true });
const browser = await open();
const WIDTHS = [1366, 820, 390];

async function look(page, name, path) {
  if (path) await page.goto(`${SERVER}${path}`);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width > 1000 ? 900 : 1100 });
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      const what = `${name} at ${width}, ${scheme}`;
      await fits(page, what);
      await accessible(page, what);
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name.replaceAll(" ", "-")}-${width}-${scheme}.png`, fullPage: true });
    }
  }
  await page.setViewportSize({ width: 1366, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
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
  await look(ann, "invoices", "/invoices");
  await look(ann, "lines out", "/invoices/returned");
  await ann.goto(`${SERVER}/find?invoice=2026-0401`);
  const invoice = new URL(ann.url()).pathname;
  await look(ann, "invoice");
  await look(ann, "line", `${invoice}/line?item=1`);
  await look(ann, "proof", `${invoice}/proof`);
  await look(ann, "not found", "/invoices/0123");
  const ada = await person(browser, "ada");
  await look(ada, "today timekeeper", "/");
  await look(ada, "rewrites", "/rewrites");
  await ada.locator("[data-go]").first().click();
  await look(ada, "rewrite");
  await look(ada, "forbidden", "/invoices");
  const bob = await person(browser, "bob");
  await look(bob, "today partner", "/");
  await look(bob, "clearing", "/clearing");
  for (const page of [guest, ann, ada, bob]) {
    const wrong = page.wrong.filter((w) => !/403/.test(w));
    must(wrong.length === 0, wrong.join("\n"));
  }
  console.log("every page looked at");
} finally {
  await browser.close();
}
