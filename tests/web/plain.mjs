// Without a script: every page of the menu reads, and the forms of the day work: sign in, drop a file, take it in, return
// a line, rewrite it, clear it, propose an appeal and decide it, sign out.
import { FOLDER, SERVER, fits, must, open, person } from "./browse.mjs";

const NUMBER = "2026-0301";
const press = (page, name) => page.getByRole("button", { name, exact: true }).first().click();
const notice = (page, text) => page.getByRole("status").getByText(text).waitFor();
const at = (page, path) => page.waitForURL(path);

/// Every page the menu offers, at a desk and on a telephone, where it is folded.
async function reads(page, who) {
  const menu = await page.locator(".side a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  must(menu.length > 1, `${who} has a menu`);
  for (const path of menu) {
    await page.goto(`${SERVER}${path}`);
    const heading = await page.locator("main h1").first().textContent();
    must(heading.trim() !== "", `${who}: ${path} has a heading`);
    must((await page.locator("main .trouble").count()) === 0, `${who}: ${path} is in trouble`);
    // What only a script could do is not offered.
    for (const dead of await page.locator("[data-more], [data-all], .scripted").all()) {
      must(!(await dead.isVisible()), `${who}: ${path} offers what needs a script`);
    }
    await fits(page, `${who}: ${path}`);
  }
  await page.setViewportSize({ width: 390, height: 800 });
  await page.locator(".menu-fold summary").click();
  await page.locator(".menu-fold a").first().click();
  await page.locator("main h1").waitFor();
  await page.setViewportSize({ width: 1366, height: 900 });
}

async function find(page, number) {
  await page.locator("#find").fill(number);
  await page.keyboard.press("Enter");
  await at(page, /\/invoices\/[0-9a-f]+$/);
}

const browser = await open();
try {
  const plain = { javaScriptEnabled: false };
  const [ann, ada, bob] = [await person(browser, "ann", plain), await person(browser, "ada", plain), await person(browser, "bob", plain)];
  for (const [who, page] of Object.entries({ ann, ada, bob })) await reads(page, who);

  await ann.goto(`${SERVER}/check`);
  await ann.getByLabel(/choose/).setInputFiles(`${FOLDER}/march-corrected.txt`);
  await press(ann, "Check");
  await at(ann, /\/check\/[0-9a-f]+$/);
  await ann.getByRole("checkbox", { name: /questioned/ }).check();
  await press(ann, "Filter");
  await at(ann, /level=review/);
  await press(ann, "Take in");
  await at(ann, /\/invoices\/[0-9a-f]+$/);
  await ann.locator("table.bill a").first().click();
  await at(ann, /line\?item=1$/);
  await ann.getByLabel("Note to the timekeeper").fill("one task a line, please");
  await press(ann, "Return");
  await notice(ann, "went back");

  await ada.goto(`${SERVER}/rewrites`);
  await ada.locator("main [data-row] a").first().click();
  const box = ada.getByLabel("Text of the line");
  await box.fill("Draft letter to the landlord about the rent review");
  await press(ada, "See how it reads");
  await ada.locator("#reading").getByText("One line").waitFor();
  must((await box.inputValue()) === "Draft letter to the landlord about the rent review", "what was typed is there still");
  await press(ada, "Send the answer");
  await notice(ada, "Your words were recorded");

  await bob.goto(`${SERVER}/clearing`);
  const own = bob.locator("article", { has: bob.getByRole("link", { name: `Invoice ${NUMBER}` }) });
  await own.getByRole("button", { name: "Clear for sending" }).click();
  await notice(bob, "Cleared for sending");
  await find(ann, NUMBER);
  must((await ann.locator(".path [aria-current]").textContent()) === "cleared", "it is cleared");

  await ann.goto(`${SERVER}/reductions`);
  await ann.locator("main [data-row] a").first().click();
  await ann.locator("main input[name=item]").first().check();
  await ann.getByLabel(/What speaks for it/).fill("The deposition lasted that long.");
  await press(ann, "Propose");
  await notice(ann, "The appeal was proposed");
  await bob.goto(`${SERVER}/appeals`);
  await bob.locator("main [data-row] a").first().click();
  await bob.getByLabel("Reason", { exact: true }).first().fill("worth it");
  await press(bob, "File it");
  await notice(bob, "Decided: the appeal is to be filed");

  for (const page of [ann, ada, bob]) {
    await press(page, "Sign out");
    await at(page, /\/sign-in/);
    must(page.wrong.length === 0, page.wrong.join("\n"));
  }
  console.log("done without a script");
} finally {
  await browser.close();
}
