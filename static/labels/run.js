// The page of one print: shows the check, turns pages, and fetches the file with a progress bar.
"use strict";

(() => {
  const root = document.querySelector(".lb-run");
  if (!root) return;
  const status = root.querySelector(".lb-status");
  const problems = root.querySelector(".lb-problems");
  const bar = root.querySelector(".lb-progress");
  const image = root.querySelector(".lb-page");
  const number = root.querySelector(".lb-number");
  const files = [...root.querySelectorAll("[data-file]")];
  // What stands once in each page of a file, so that pages can be counted while they arrive.
  const MARKS = { pdf: "endstream", zpl: "^XZ", zip: "PK\u0003\u0004" };
  let pages = Number(root.dataset.pages) || 1;
  let shown = 1;

  const say = (text) => { status.textContent = text; };
  const list = (entries, className) => {
    for (const text of entries) {
      const item = document.createElement("li");
      item.textContent = text;
      item.className = className;
      problems.append(item);
    }
  };
  const enable = (on) => files.forEach((link) => link.setAttribute("aria-disabled", on ? "false" : "true"));

  const check = async () => {
    enable(false);
    say(root.dataset.checking);
    const response = await fetch(root.dataset.check);
    if (!response.ok) throw new Error(String(response.status));
    const result = await response.json();
    pages = result.pages || 1;
    say(result.refused.length ? "" : "✓");
    list(result.refused.map((entry) => `${entry.label}: ${entry.sentence}`), "");
    list(result.notes, "lb-hint");
    enable(result.refused.length === 0);
  };

  const turn = (step) => {
    shown = Math.min(Math.max(shown + step, 1), pages);
    number.textContent = `${shown} / ${pages}`;
    image.src = root.dataset.page.replace("page-1.png", `page-${shown}.png`);
  };

  const count = (text, mark) => text.split(mark).length - 1;

  const read = async (response, kind) => {
    const decoder = new TextDecoder("latin1");
    const total = Number(response.headers.get("X-Label-Pages")) || 1;
    const parts = [];
    let tail = "";
    let done = 0;
    bar.hidden = false;
    bar.max = total;
    const reader = response.body.getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      parts.push(step.value);
      const text = tail + decoder.decode(step.value);
      done += count(text, MARKS[kind]);
      tail = text.slice(1 - MARKS[kind].length);
      bar.value = Math.min(done, total);
      say(`${Math.min(done, total)} / ${total}`);
    }
    return new Blob(parts, { type: response.headers.get("Content-Type") });
  };

  const save = (blob, link, tab) => {
    const address = URL.createObjectURL(blob);
    if (tab) {
      tab.location = address;
      return;
    }
    const anchor = document.createElement("a");
    anchor.href = address;
    anchor.download = link.href.split("/").slice(-3).join("-");
    anchor.click();
  };

  const fetchFile = async (event) => {
    event.preventDefault();
    const link = event.currentTarget;
    const kind = link.dataset.file;
    // Opened at once: a browser blocks windows that open after a wait.
    const tab = kind === "pdf" ? window.open("", "_blank") : null;
    enable(false);
    try {
      const response = await fetch(link.href);
      if (!response.ok) throw new Error(response.status === 409 ? await response.text() : "");
      save(await read(response, kind), link, tab);
      say("✓");
    } catch (error) {
      if (tab) tab.close();
      say(error.message || root.dataset.failed);
    } finally {
      bar.hidden = true;
      enable(true);
    }
  };

  files.forEach((link) => link.addEventListener("click", fetchFile));
  root.querySelectorAll("[data-step]").forEach((button) => {
    button.addEventListener("click", () => turn(Number(button.dataset.step)));
  });
  turn(0);
  check().then(() => turn(0)).catch(() => say(root.dataset.failed));
})();
