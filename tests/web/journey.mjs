// A specialist drops a file, sees findings, returns a line; its timekeeper rewrites it, reading as they type; the
// specialist looks again; a partner clears. With the keyboard where there are keys for it.
import { readFileSync } from "node:fs";
import { FOLDER, SERVER, accessible, must, open, person } from "./browse.mjs";

const browser = await open();
try {
  const ann = await person(browser, "ann");
  await ann.goto(`${SERVER}/check`);
  // Dropped, as from a folder on the desk.
  const text = readFileSync(`${FOLDER}/march.txt`, "utf8");
  const dropped = await ann.evaluateHandle((text) => {
    const all = new DataTransfer();
    all.items.add(new File([text], "march.txt"));
    return all;
  }, text);
  await ann.dispatchEvent("[data-drop]", "dragover", { dataTransfer: dropped });
  await Promise.all([ann.waitForURL(/\/check\/[0-9a-f]+$/), ann.dispatchEvent("[data-drop]", "drop", { dataTransfer: dropped })]);
  await ann.locator(".rule", { hasText: "line-math-mismatch" }).first().waitFor();
  await accessible(ann, "what the check says");
  await ann.getByRole("checkbox", { name: /would be rejected/ }).check();
  await ann.getByRole("button", { name: "Filter" }).click();
  must((await ann.locator("table.bill tbody tr.has").count()) === 1, "one line would be rejected");
  // Corrected in the billing system, and taken in.
  await ann.goto(`${SERVER}/check`);
  await ann.getByLabel(/drop them here/).setInputFiles(`${FOLDER}/march-corrected.txt`);
  await ann.getByRole("button", { name: "Check", exact: true }).click();
  await ann.getByRole("button", { name: "Take in" }).click();
  await ann.waitForURL(/\/invoices\/[0-9a-f]+$/);
  const invoice = ann.url();
  must((await ann.title()) === "Invoice 2026-0301 · cleanbill", await ann.title());
  await accessible(ann, "the invoice");
  // By keys: the first line, open it, send it back.
  await ann.keyboard.press("j");
  await ann.keyboard.press("Enter");
  await ann.waitForURL(/line\?item=1$/);
  await accessible(ann, "a line");
  await ann.getByLabel("Note to the timekeeper").fill("one task a line, please");
  await ann.getByRole("button", { name: "Return" }).click();
  await ann.getByRole("status").getByText("went back").waitFor();

  const ada = await person(browser, "ada");
  await ada.keyboard.press("j");
  await ada.keyboard.press("Enter");
  await ada.waitForURL(/\/rewrites\/[0-9a-f]+$/);
  must(!(await ada.content()).includes("1200"), "a timekeeper sees no totals");
  await accessible(ada, "a rewrite");
  const box = ada.getByLabel("Text of the line");
  await box.fill("Attention to file");
  await ada.locator("#reading").getByText(/does not say/).first().waitFor();
  await box.fill("Draft letter to the landlord about the rent review");
  await ada.locator("#reading").getByText("One line").waitFor();
  await ada.locator("#reading").getByText("Settled by it").waitFor();
  await accessible(ada, "a live reading");
  await ada.getByRole("button", { name: "Send the answer" }).click();
  await ada.getByRole("status").getByText("Your words were recorded").waitFor();

  // The specialist looks again and mends what is left.
  await ann.goto(invoice);
  await ann.getByText("Draft letter to the landlord about the rent review").first().waitFor();
  must((await ann.getByText("Version 2").count()) > 0, "it has two versions");

  const bob = await person(browser, "bob");
  await bob.keyboard.press("g");
  await bob.keyboard.press("l");
  await bob.waitForURL(`${SERVER}/clearing`);
  await accessible(bob, "clearing");
  await bob.getByRole("button", { name: "Clear for sending" }).click();
  await bob.getByRole("status").getByText("Cleared for sending").waitFor();
  await bob.goto(invoice);
  must((await bob.locator(".path [aria-current]").textContent()) === "cleared", "it is cleared");
  // The list of keys.
  await bob.keyboard.press("?");
  await bob.getByRole("dialog").getByText("next, previous row").waitFor();
  await accessible(bob, "the keys");
  await bob.keyboard.press("Escape");
  await bob.keyboard.press("/");
  await bob.keyboard.type("2026-0301");
  await bob.keyboard.press("Enter");
  await bob.waitForURL(invoice);
  await bob.getByRole("button", { name: "Sign out" }).click();
  await bob.waitForURL(/\/sign-in/);
  for (const page of [ann, ada, bob]) must(page.wrong.length === 0, page.wrong.join("\n"));
  console.log("journey done");
} finally {
  await browser.close();
}
