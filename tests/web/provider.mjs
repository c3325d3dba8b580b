// Somebody signs in by the firm's identity provider, signs out here, then there; somebody else is turned away.
import { SERVER, accessible, fits, must, open } from "./browse.mjs";
const PROVIDER = process.env.PROVIDER;

const browser = await open();
const context = await browser.newContext({ locale: "en-US", viewport: { width: 1366, height: 900 }, bypassCSP: false });
// The provider's pages would load letters from elsewhere; ours load nothing.
await context.route("**", (route) => {
  const url = route.request().url();
  return url.startsWith(SERVER) || url.startsWith(PROVIDER) ? route.continue() : route.abort();
});
const page = await context.newPage();
const wrong = [];
page.on("console", (m) => { if (m.type() === "error" && m.location().url.startsWith(SERVER) && !/status of 422/.test(m.text())) wrong.push(m.text()); });
page.on("pageerror", (e) => wrong.push(String(e)));

const press = async (kind, name) => page.getByRole(kind, { name }).first().click();
const theirs = () => page.waitForURL((url) => url.href.startsWith(`${PROVIDER}/interaction/`));
const asThere = async (name) => {
  await theirs();
  await page.getByPlaceholder("Enter any login").fill(name);
  await page.getByPlaceholder("and password").fill("of no matter");
  await press("button", "Sign-in");
  await page.getByRole("button", { name: "Continue" }).click();
};
const says = async (words) => page.getByText(words).first().waitFor();

// She wanted to go somewhere, and gets there.
await page.goto(`${SERVER}/invoices?state=checked`);
for (const width of [1366, 390]) {
  await page.setViewportSize({ width, height: 900 });
  await accessible(page, "the page for signing in");
  await fits(page, "the page for signing in");
}
await page.setViewportSize({ width: 1366, height: 900 });
await press("link", "Sign in with Northwind ID");
await asThere("ann");
await page.waitForURL(`${SERVER}/invoices?state=checked`);
must((await page.locator(".who").innerText()).startsWith("ann"), "ann is signed in");
const cookies = await context.cookies(SERVER);
const session = cookies.find((c) => c.name === "cleanbill");
must(session.httpOnly && session.sameSite === "Lax" && session.path === "/", "the session's cookie is as it should be");
must(!cookies.some((c) => c.name === "cleanbill-sign-in"), "nothing is left of the sign-in");

// Signed out here, she may come back by the provider without another word.
await press("button", "Sign out");
await says("At the firm's identity provider you may still be signed in");
await accessible(page, "the page after signing out");
await press("link", "Sign in with Northwind ID");
await page.waitForURL(`${SERVER}/`);
must((await context.cookies(SERVER)).find((c) => c.name === "cleanbill").value !== session.value, "a session begins anew");

// Signed out there too, she is asked again, and changes her mind.
await press("button", "Sign out");
await press("link", "Sign out of Northwind ID too");
await press("button", "Yes, sign me out");
await page.waitForURL((url) => url.href.startsWith(`${SERVER}/sign-in`));
await press("link", "Sign in with Northwind ID");
await theirs();
await press("link", "Cancel");
await says("did not let you in");
await accessible(page, "the page of somebody who was not let in");

// Whom the provider knows and nobody here.
await press("link", "Sign in with Northwind ID");
await asThere("eve");
await says("Nobody here is known by the account eve@firm.example");
must(!(await context.cookies(SERVER)).some((c) => c.name === "cleanbill"), "nobody is signed in");

// An administrator says whose account it is, and it opens.
await page.getByLabel("Name").fill("root");
await page.getByLabel("Password").fill(process.env.PASSWORD);
await page.keyboard.press("Enter");
await page.waitForURL(`${SERVER}/`);
await page.goto(`${SERVER}/people`);
await press("link", "Accounts at the identity provider");
for (const width of [1366, 820, 390]) {
  await page.setViewportSize({ width, height: 900 });
  await accessible(page, "the page of accounts");
  await fits(page, "the page of accounts");
}
await page.getByLabel("Name").selectOption("cid");
await page.getByLabel("Mail address there").fill("eve@firm.example");
await press("button", "Link");
await says("The account is theirs");
await press("button", "Sign out");
await press("link", "Sign in with Northwind ID");
await page.waitForURL(`${SERVER}/`);
must((await page.locator(".who").innerText()).startsWith("cid"), "cid is signed in");
must(wrong.length === 0, wrong.join("\n"));
await browser.close();
console.log("signed in, out, out there, and turned away");
