// Two ways to work with a page: with a mouse, and by keys alone. A journey is written once and walked with both.
import { must } from "./browse.mjs";

/// With a mouse, and a keyboard for words.
export const mouse = {
  name: "mouse",
  press: async (page, goal) => goal.first().click(),
  write: async (page, goal, text) => goal.first().fill(text),
  mark: async (page, goal) => goal.first().check(),
  files: async (page, goal, path) => goal.first().setInputFiles(path),
};

/// Tab by Tab, as somebody who has no mouse: what cannot be reached so cannot be used.
async function reach(page, goal) {
  const own = goal.first();
  await own.waitFor();
  for (let n = 0; n < 500; n++) {
    if (await own.evaluate((e) => e === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${goal}`);
}

export const keys = {
  name: "keys",
  press: async (page, goal) => { await reach(page, goal); await page.keyboard.press("Enter"); },
  write: async (page, goal, text) => {
    await reach(page, goal);
    await page.keyboard.press("Control+A");
    await page.keyboard.type(text);
  },
  mark: async (page, goal) => {
    await reach(page, goal);
    if (!(await goal.first().isChecked())) await page.keyboard.press("Space");
    must(await goal.first().isChecked(), "it is marked");
  },
  files: async (page, goal, path) => {
    await reach(page, goal);
    page.wanted = path;
    await page.keyboard.press("Space");
    await page.waitForFunction((e) => e.files.length > 0, await goal.first().elementHandle());
  },
};

/// Says in the page when anybody pressed a pointer.
export function watchPointer() {
  for (const what of ["pointerdown", "mousedown", "touchstart"]) addEventListener(what, () => { sessionStorage.setItem("pointer", what); }, true);
}

/// Nobody did.
export async function untouched(page) {
  const touched = await page.evaluate(() => sessionStorage.getItem("pointer"));
  must(touched === null, `a pointer was pressed: ${touched}`);
}
