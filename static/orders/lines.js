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

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-lines]");
    if (!button) return;
    event.preventDefault();
    if (button.getAttribute("aria-expanded") === "true") close(button);
    else open(button);
  });
})();
