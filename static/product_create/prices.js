/** Prices: fill in many at once, walk with the arrow keys, send only what was touched (a form has a limit of fields). */

const page = document.getElementById("pc-form");
const fill = document.getElementById("pc-fill");
const fields = [...page.querySelectorAll("[data-column]")];

function untouched(field) {
    if (field.hasAttribute("data-changed")) return false;
    if (field.tagName === "SELECT") return [...field.options].every((option) => option.selected === option.defaultSelected);
    return field.value === field.defaultValue;
}

function fillIn() {
    const which = document.getElementById("pc-fill-which").value;
    for (const source of fill.querySelectorAll("[data-fill]")) {
        const value = source.value.trim();
        if (!value) continue;
        for (const field of fields) {
            if (field.dataset.column !== source.dataset.fill) continue;
            if (which && field.closest("tbody").dataset.colour !== which) continue;
            field.value = value;
        }
    }
    page.dispatchEvent(new Event("input", { bubbles: true }));
}

function walk(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const { column } = event.target.dataset;
    if (!step || !column || event.target.tagName === "SELECT") return;
    const all = fields.filter((field) => field.dataset.column === column);
    const next = all[all.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
}

if (fill) {
    fill.hidden = false;
    document.getElementById("pc-fill-in").addEventListener("click", fillIn);
    fill.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || !event.target.matches("input")) return;
        event.preventDefault();
        fillIn();
    });
}
page.addEventListener("keydown", walk);
page.addEventListener("submit", () => {
    for (const field of fields) field.disabled = untouched(field);
});
// Back from the next page: the fields are there to be changed again.
window.addEventListener("pageshow", () => fields.forEach((field) => (field.disabled = false)));
