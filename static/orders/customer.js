// Shows a customer's data in full in their place. Without this file the button leads to a page of its own.
(() => {
  "use strict";

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-unmask]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Requested-With": "fetch" },
        credentials: "same-origin",
        cache: "no-store",
      });
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      const card = form.closest("#customer");
      const place = document.createElement("template");
      place.innerHTML = await response.text();
      const shown = place.content.firstElementChild;
      card.replaceWith(shown);
      shown.focus();
    } catch {
      button.disabled = false;
      form.submit();
    }
  });
})();
