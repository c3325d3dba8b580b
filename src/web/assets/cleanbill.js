// Keys, dropped files and marks for what a form would do. Everything works without it.
"use strict";
(() => {
  const typing = (e) => e.target.closest && e.target.closest("input:not([type=checkbox]),textarea,select,[contenteditable]");
  const all = (what) => [...document.querySelectorAll(what)].filter((e) => e.offsetParent !== null);
  const step = (list, by) => {
    if (!list.length) return;
    const now = list.findIndex((e) => e.contains(document.activeElement));
    const next = list[now < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, now + by))];
    let goal = next.matches("a,button,[tabindex]") ? next : next.querySelector("a[data-go]") ?? next.querySelector("summary,[tabindex],a,button");
    // A row that leads nowhere is read by keys all the same.
    if (!goal) { next.tabIndex = -1; goal = next; }
    goal.focus();
    goal.scrollIntoView({ block: "center" });
  };
  // Only what the menu offers has a key.
  const place = (key) => [...document.querySelectorAll(".side [data-g]")].find((a) => a.dataset.g === key);
  let began = 0;
  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape" && typing(e)) { e.target.blur(); return; }
    if (typing(e)) return;
    if (began && Date.now() - began < 1200 && place(e.key)) { location.href = place(e.key).href; began = 0; return; }
    began = 0;
    const help = document.getElementById("keys-help");
    if (help && help.open && e.key !== "?") return;
    switch (e.key) {
      case "g": began = Date.now(); break;
      case "j": step(all("[data-row]"), 1); break;
      case "k": step(all("[data-row]"), -1); break;
      case "n": step(all("[data-finding]"), 1); break;
      case "p": step(all("[data-finding]"), -1); break;
      case "x": {
        const row = document.activeElement.closest("[data-row]");
        const box = row && row.querySelector("input[type=checkbox]");
        if (!box) return;
        box.checked = !box.checked;
        break;
      }
      case "/": { const find = document.querySelector("[data-key='/']"); if (!find) return; find.focus(); break; }
      case "?":
        if (!help) return;
        // What this page has nothing for is left out.
        for (const part of help.querySelectorAll("[data-when]")) part.hidden = !all(part.dataset.when).length;
        help.open ? help.close() : help.showModal();
        break;
      default: return;
    }
    e.preventDefault();
  });
  // Every box of a list at once.
  addEventListener("change", (e) => {
    if (!e.target.matches("[data-all]")) return;
    for (const box of e.target.form.querySelectorAll(`input[name="${e.target.dataset.all}"]`)) box.checked = e.target.checked;
  });
  // Files dropped on a page go into its field and are sent at once.
  const drop = () => document.querySelector("[data-drop]");
  addEventListener("dragover", (e) => { const d = drop(); if (!d) return; e.preventDefault(); d.classList.add("over"); });
  addEventListener("dragleave", (e) => { const d = drop(); if (d && !e.relatedTarget) d.classList.remove("over"); });
  addEventListener("drop", (e) => {
    const d = drop();
    if (!d || !e.dataTransfer.files.length) return;
    e.preventDefault();
    d.classList.remove("over");
    d.querySelector("input[type=file]").files = e.dataTransfer.files;
    d.requestSubmit();
  });
  // Another part of a divided line.
  addEventListener("click", (e) => {
    const more = e.target.closest("[data-more]");
    if (!more) return;
    const parts = document.querySelectorAll("[data-part]");
    const last = parts[parts.length - 1];
    const copy = last.cloneNode(true);
    for (const field of copy.querySelectorAll("input,textarea")) field.value = "";
    for (const e of copy.querySelectorAll("[id]")) { const id = e.id.replace(/\d+$/, parts.length); const label = copy.querySelector(`label[for="${e.id}"]`); e.id = id; if (label) label.htmlFor = id; }
    last.after(copy);
    copy.querySelector("input").focus();
  });
  // A page that follows what moves. It rests while nobody looks at it or touches it, so that sessions still end.
  const live = document.querySelector("[data-live]");
  if (live && window.EventSource) {
    const word = document.querySelector("[data-live-word]");
    let source = null, touched = Date.now();
    const say = (text) => { if (word) { word.hidden = false; word.textContent = text; } };
    const rest = (text) => { if (source) source.close(); source = null; say(text); };
    const follow = () => {
      if (source || document.hidden) return;
      source = new EventSource(live.dataset.live);
      source.onopen = () => say("live");
      source.onerror = () => { if (source && source.readyState === 2) rest("not live; load the page again"); };
      source.addEventListener("moved", () => {
        // Nobody's half-written reason is taken away.
        if (!live.querySelector("details[open]") && window.htmx) htmx.trigger(live, "moved");
      });
    };
    for (const what of ["pointermove", "keydown", "scroll"]) addEventListener(what, () => { touched = Date.now(); if (!source) follow(); }, { passive: true });
    document.addEventListener("visibilitychange", () => document.hidden ? rest("resting") : follow());
    setInterval(() => { if (source && Date.now() - touched > 15 * 60000) rest("resting; move the pointer to go on"); }, 30000);
    follow();
  }
  // One press is enough for what cannot be taken back.
  addEventListener("submit", (e) => { const b = e.submitter; if (b && e.target.method === "post" && !e.target.matches("[data-again]")) setTimeout(() => { b.disabled = true; }, 0); });
  addEventListener("pageshow", () => { for (const b of document.querySelectorAll("button[disabled]")) b.disabled = false; });
})();
