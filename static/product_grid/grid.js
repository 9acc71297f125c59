// Filling a row of the grid, showing what is not saved yet, and moving between fields with the arrow keys.

const form = document.getElementById("pg");

const fields = () => [...form.querySelectorAll("[data-name]")];
const valueOf = (field) => (field.type === "checkbox" ? String(field.checked) : field.value.trim());
// What is kept; on a page that came back with a mistake that is not what its fields were drawn with.
const firstOf = (field) => {
  if (field.dataset.kept !== undefined) return field.dataset.kept;
  if (field.type === "checkbox") return String(field.defaultChecked);
  if (field.tagName === "SELECT") return ([...field.options].find((o) => o.defaultSelected) ?? field.options[0]).value;
  return field.defaultValue.trim();
};

let sending = false;

function count() {
  let changed = 0;
  for (const field of fields()) {
    const dirty = valueOf(field) !== firstOf(field);
    field.toggleAttribute("data-dirty", dirty);
    changed += dirty;
  }
  const told = form.querySelector("[data-count]");
  if (told) told.textContent = changed ? form.dataset.changed.replace("{count}", changed) : form.dataset.unchanged;
  return changed;
}

function fill() {
  const name = form.querySelector("[data-fill-name]").value;
  const colour = form.querySelector("[data-fill-colour]").value;
  const value = form.querySelector("[data-fill-value]").value.trim();
  for (const table of form.querySelectorAll("[data-colour]")) {
    if (colour && table.dataset.colour !== colour) continue;
    for (const field of table.querySelectorAll(`[data-name="${name}"]`)) {
      if (field.tagName !== "SELECT" || [...field.options].some((option) => option.value === value)) field.value = value;
    }
  }
  count();
}

function step(event) {
  const rows = { ArrowUp: -1, ArrowDown: 1 };
  const field = event.target;
  if (!(event.key in rows) || field.type !== "text" || !field.dataset.name) return;
  const cell = field.closest("td");
  let row = field.closest("tr");
  do row = rows[event.key] > 0 ? row.nextElementSibling : row.previousElementSibling;
  while (row && !row.cells[cell.cellIndex]?.querySelector("input[type=text]"));
  const next = row?.cells[cell.cellIndex].querySelector("input[type=text]");
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.select();
}

form.addEventListener("input", count);
form.addEventListener("keydown", step);
form.addEventListener("submit", () => { sending = true; });
form.querySelector("[data-fill]")?.removeAttribute("hidden");
form.querySelector("[data-fill-go]")?.addEventListener("click", fill);
form.querySelector("[data-fill-value]")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  fill();
});
window.addEventListener("beforeunload", (event) => {
  if (!sending && count()) event.preventDefault();
});
const wrong = form.querySelector("[aria-invalid]");
if (wrong) wrong.focus();
count();
