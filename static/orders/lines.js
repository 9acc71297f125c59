// Opens and closes the lines of an order below its row. Without this file the order's number still leads to them.
(() => {
  "use strict";

  const open = async (button) => {
    const row = button.closest("tr");
    const place = document.createElement("tr");
    const cell = place.insertCell();
    place.className = "g-lines-row";
    cell.colSpan = row.cells.length;
    cell.setAttribute("role", "status");
    row.after(place);
    button.setAttribute("aria-expanded", "true");
    try {
      const response = await fetch(button.dataset.lines, { credentials: "same-origin" });
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      cell.innerHTML = await response.text();
    } catch {
      place.remove();
      button.setAttribute("aria-expanded", "false");
      location.assign(button.dataset.lines.replace(/lines\/$/, "change/"));
    }
  };

  const close = (button) => {
    button.closest("tr").nextElementSibling.remove();
    button.setAttribute("aria-expanded", "false");
  };

  // The sheet of filters lies at the end of the page: whoever opens it by keyboard goes on inside it.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (!opener) return;
    setTimeout(() => document.getElementById(opener.dataset.opens)?.querySelector("a, input, select")?.focus(), 50);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-lines]");
    if (!button) return;
    event.preventDefault();
    if (button.getAttribute("aria-expanded") === "true") close(button);
    else open(button);
  });
})();
