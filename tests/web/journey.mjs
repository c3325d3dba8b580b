// The three journeys, each in its parts: what happens between them happens at the portal and at night, and the test does
// it. With HAND=keys everything is done by keys alone.
//   first   a specialist drops a file, sees what is wrong, takes the corrected one in and returns a line; its attorney
//           rewrites it, reading as they type; a partner sees what goes out and clears; the specialist queues it.
//   again   the portal has refused it: the specialist corrects it, a partner clears, the specialist resubmits.
//   morning the client has cut it: the partner reads the morning report and the first of the reports, the specialist
//           proposes an appeal, the partner decides.
import { readFileSync } from "node:fs";
import { FOLDER, SERVER, accessible, must, open, person } from "./browse.mjs";
import { keys, mouse, untouched } from "./hands.mjs";

const hand = process.env.HAND === "keys" ? keys : mouse;
const NUMBER = "2026-0301";
const look = (page, what) => (hand === mouse ? accessible(page, what) : untouched(page));
const button = (page, name) => page.getByRole("button", { name, exact: true });
const notice = (page, text) => page.getByRole("status").getByText(text).waitFor();
const at = (page, path) => page.waitForURL(typeof path === "string" ? `${SERVER}${path}` : path);

/// To a page by its keys.
async function go(page, letter, path) {
  await page.keyboard.press("g");
  await page.keyboard.press(letter);
  await at(page, path);
}

/// The row with these words, by keys.
async function row(page, words) {
  const wanted = page.locator("[data-row]", { hasText: words }).first();
  await wanted.waitFor();
  for (let n = 0; n < 60; n++) {
    await page.keyboard.press("j");
    if (await wanted.evaluate((e) => e.contains(document.activeElement))) return page.keyboard.press("Enter");
  }
  throw new Error(`j does not come to ${words}`);
}

/// By its number, from wherever one is.
async function find(page) {
  await page.keyboard.press("/");
  await page.keyboard.type(NUMBER);
  await page.keyboard.press("Enter");
  await at(page, /\/invoices\/[0-9a-f]+$/);
}

async function takeIn(page, file) {
  await go(page, "c", "/check");
  await hand.files(page, page.getByLabel(/drop them here/), `${FOLDER}/${file}`);
  await hand.press(page, button(page, "Check"));
  await at(page, /\/check\/[0-9a-f]+$/);
  await hand.press(page, button(page, "Take in"));
  await at(page, /\/invoices\/[0-9a-f]+$/);
}

async function clear(page) {
  await go(page, "l", "/clearing");
  await page.getByRole("link", { name: `Invoice ${NUMBER}` }).waitFor();
  await look(page, "clearing");
  await hand.press(page, button(page, "Clear for sending"));
  await notice(page, "Cleared for sending");
}

async function first(people) {
  const { ann, ada, bob } = people;
  await go(ann, "c", "/check");
  if (hand === mouse) {
    // Dropped, as from a folder on the desk.
    const text = readFileSync(`${FOLDER}/march.txt`, "utf8");
    const dropped = await ann.evaluateHandle((text) => {
      const all = new DataTransfer();
      all.items.add(new File([text], "march.txt"));
      return all;
    }, text);
    await ann.dispatchEvent("[data-drop]", "dragover", { dataTransfer: dropped });
    await Promise.all([at(ann, /\/check\/[0-9a-f]+$/), ann.dispatchEvent("[data-drop]", "drop", { dataTransfer: dropped })]);
  } else {
    await hand.files(ann, ann.getByLabel(/drop them here/), `${FOLDER}/march.txt`);
    await hand.press(ann, button(ann, "Check"));
    await at(ann, /\/check\/[0-9a-f]+$/);
  }
  await ann.locator(".rule", { hasText: "line-math-mismatch" }).first().waitFor();
  await look(ann, "what the check says");
  await hand.mark(ann, ann.getByRole("checkbox", { name: /would be rejected/ }));
  await hand.press(ann, button(ann, "Filter"));
  await at(ann, /level=reject/);
  must((await ann.locator("table.bill tbody tr.has").count()) === 1, "one line would be rejected");
  // Corrected in the billing system, and taken in.
  await takeIn(ann, "march-corrected.txt");
  const invoice = ann.url();
  must((await ann.title()) === `Invoice ${NUMBER} · cleanbill`, await ann.title());
  await look(ann, "the invoice");
  // The first line, opened by keys, goes back.
  await ann.keyboard.press("j");
  await ann.keyboard.press("Enter");
  await at(ann, /line\?item=1$/);
  await look(ann, "a line");
  await hand.write(ann, ann.getByLabel("Note to the timekeeper"), "one task a line, please");
  await hand.press(ann, button(ann, "Return"));
  await notice(ann, "went back");

  await ada.reload();
  await ada.keyboard.press("j");
  await ada.keyboard.press("Enter");
  await at(ada, /\/rewrites\/[0-9a-f]+$/);
  must(!(await ada.content()).includes("1200"), "a timekeeper sees no totals");
  await look(ada, "a rewrite");
  const box = ada.getByLabel("Text of the line");
  await hand.write(ada, box, "Attention to file");
  await ada.locator("#reading").getByText(/does not say/).first().waitFor();
  await hand.write(ada, box, "Draft letter to the landlord about the rent review");
  await ada.locator("#reading").getByText("One line").waitFor();
  await ada.locator("#reading").getByText("Settled by it").waitFor();
  await look(ada, "a live reading");
  await hand.press(ada, button(ada, "Send the answer"));
  await notice(ada, "Your words were recorded");

  await find(ann);
  must(ann.url() === invoice, "it is the same invoice");
  await ann.getByText("Draft letter to the landlord about the rent review").first().waitFor();
  must((await ann.getByText("Version 2").count()) > 0, "it has two versions");

  await bob.reload();
  await clear(bob);
  await find(bob);
  must((await bob.locator(".path [aria-current]").textContent()) === "cleared", "it is cleared");
  // The list of keys.
  await bob.keyboard.press("Escape");
  await bob.keyboard.press("?");
  await bob.getByRole("dialog").getByText("next, previous row").waitFor();
  await look(bob, "the keys");
  await bob.keyboard.press("Escape");
  await ann.reload();
  await hand.press(ann, button(ann, "Queue for its portal"));
  await notice(ann, "waits for its portal");
}

async function again({ ann, bob }) {
  await go(ann, "e", "/rejections");
  await ann.getByText("no match for the matter number").waitFor();
  await look(ann, "rejections");
  await takeIn(ann, "march-again.txt");
  await clear(bob);
  await go(ann, "e", "/rejections");
  await hand.mark(ann, ann.getByLabel("under this number all the same"));
  await hand.press(ann, button(ann, "Resubmit"));
  await ann.getByText("Nothing refused waits").waitFor();
  await go(ann, "s", "/submissions");
  await ann.getByRole("link", { name: NUMBER }).first().waitFor();
}

async function morning({ ann, bob }) {
  await go(bob, "m", "/morning");
  await bob.getByText("1 thing needs a person").waitFor();
  await bob.getByRole("heading", { name: /^Reduced/ }).waitFor();
  await look(bob, "the morning report");
  await go(bob, "p", "/reports");
  await bob.getByText(/lost this week/).first().waitFor();
  await look(bob, "money at risk");
  await hand.press(bob, bob.getByRole("link", { name: "Reductions", exact: true }).last());
  await at(bob, "/reports/reductions");
  await row(bob, "200.00");
  // One invoice stands behind the figure.
  await at(bob, /\/invoices\/[0-9a-f]+$/);
  await bob.getByRole("heading", { name: `Invoice ${NUMBER}` }).waitFor();

  await hand.press(ann, ann.getByRole("link", { name: "Reductions", exact: true }));
  await at(ann, "/reductions");
  await row(ann, NUMBER);
  await at(ann, /\/reductions\/[0-9a-f]+$/);
  await look(ann, "a reduction");
  await hand.mark(ann, ann.getByRole("checkbox", { name: /200.00/ }));
  await hand.write(ann, ann.getByLabel(/What speaks for it/), "The motion took that long; the court had moved the date.");
  await hand.press(ann, button(ann, "Propose"));
  await notice(ann, "The appeal was proposed");

  await go(bob, "a", "/appeals");
  await bob.getByText("waits for you").waitFor();
  await row(bob, NUMBER);
  await at(bob, /\/appeals\/[0-9a-f]+$/);
  await bob.getByText("the court had moved the date").waitFor();
  await look(bob, "an appeal");
  await hand.write(bob, bob.getByLabel("Reason"), "worth it");
  await hand.press(bob, button(bob, "File it"));
  await notice(bob, "Decided: the appeal is to be filed");
  await hand.press(bob, button(bob, "Sign out"));
  await at(bob, /\/sign-in/);
}

const browser = await open();
try {
  const people = {};
  const part = { first, again, morning }[process.env.PART];
  const names = part === first ? ["ann", "ada", "bob"] : ["ann", "bob"];
  for (const name of names) people[name] = await person(browser, name, { hand });
  await part(people);
  for (const page of Object.values(people)) {
    must(page.wrong.length === 0, page.wrong.join("\n"));
    if (hand === keys) await untouched(page);
  }
  console.log(`${process.env.PART} done with ${hand.name}`);
} finally {
  await browser.close();
}
