// Sheets: a form is sent once however often its button is pressed, and a file the worker has is asked after.
"use strict";

(() => {
  const SECOND = 1000;
  const PATIENCE = 20;

  // The skin wants to write the file's name into a text field beside it; there is none here.
  document.querySelectorAll("input[type=file]").forEach((input) => { input.hasChangeListener = true; });

  document.querySelectorAll("form[data-once]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
    });
  });
  // A page that comes back from the browser's memory may be sent again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  const root = document.querySelector("[data-progress]");
  if (!root) return;
  const status = root.querySelector(".lb-status");
  const late = root.querySelector("[data-late]");
  let asked = 0;

  const ask = async () => {
    const response = await fetch(root.dataset.progress);
    if (!response.ok) throw new Error(String(response.status));
    const found = await response.json();
    if (!["WAITING", "READING", "APPLYING"].includes(found.stage)) {
      window.location.reload();
      return false;
    }
    status.textContent = found.words;
    asked += 1;
    late.hidden = found.stage !== "WAITING" || asked < PATIENCE;
    return true;
  };

  const again = async () => {
    let more = true;
    try {
      more = await ask();
    } catch {
      status.textContent = root.dataset.lost;
    }
    if (more) window.setTimeout(again, SECOND);
  };

  window.setTimeout(again, SECOND);
})();
