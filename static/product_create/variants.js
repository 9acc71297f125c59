/**
 * Colours and sizes: names as chips, sizes by ranges, and the table of what is made, which follows every change at once.
 * What is sent are the fields of the plain form: names in two text areas, one a line, and a tick per pair.
 */

const page = document.getElementById("pc-form");
const data = JSON.parse(document.getElementById("pc-data").textContent);
const table = document.getElementById("pc-table");
const areas = { colours: document.getElementById("pc-colours"), sizes: document.getElementById("pc-sizes") };
const names = { colours: lines(areas.colours), sizes: lines(areas.sizes) };
const keyOf = (colour, size) => JSON.stringify([colour, size]);
const made = new Map(data.existing.map(([colour, size, barcode]) => [keyOf(colour, size), barcode]));
const kept = {
    colours: new Set(data.draft ? [] : data.existing.map(([colour]) => colour)),
    sizes: new Set(data.draft ? [] : data.existing.map(([, size]) => size)),
};
// What a person did to a box outlives the table being drawn again.
const ticks = new Map();
const own = new Map();

function lines(area) {
    return area.value.split("\n").map(tidy).filter(Boolean);
}

function tidy(text) {
    return text.trim().replace(/\s+/g, " ");
}

function sizeOrder(one, other) {
    const [a, b] = [one, other].map((size) => (/^\d+([.,]\d+)?$/.test(size) ? Number(size.replace(",", ".")) : Infinity));
    return a === b ? one.localeCompare(other) : a - b;
}

/* --- drawing --- */

function remember() {
    for (const tick of table.querySelectorAll("[name=pair]")) ticks.set(tick.value, tick.checked);
    for (const field of table.querySelectorAll(".pc-own-barcode")) own.set(field.name, field.value);
}

function cell(colour, size) {
    const key = keyOf(colour, size);
    const barcode = made.get(key);
    const mould = document.getElementById(barcode === undefined ? "pc-cell-new" : "pc-cell-made");
    const box = mould.content.firstElementChild.cloneNode(true);
    const tick = box.querySelector("[name=pair]");
    if (tick) {
        tick.value = key;
        tick.checked = ticks.get(key) ?? true;
        tick.setAttribute("aria-label", `${colour} ${size}`);
    }
    if (barcode !== undefined) box.querySelector(".pc-barcode").textContent = barcode;
    const field = box.querySelector(".pc-own-barcode");
    if (field) {
        field.name = `barcode:${key}`;
        field.value = own.get(field.name) ?? "";
        field.setAttribute("aria-label", `${field.placeholder} ${colour} ${size}`);
    }
    return box;
}

function heading(text, scope) {
    const box = document.createElement("th");
    box.scope = scope;
    box.textContent = text;
    return box;
}

function drawTable() {
    const head = table.tHead.rows[0];
    head.replaceChildren(head.cells[0], ...names.sizes.map((size) => heading(size, "col")));
    table.tBodies[0].replaceChildren(
        ...names.colours.map((colour) => {
            const row = document.createElement("tr");
            row.append(heading(colour, "row"), ...names.sizes.map((size) => cell(colour, size)));
            return row;
        }),
    );
    const empty = !names.colours.length || !names.sizes.length;
    table.hidden = empty;
    document.getElementById("pc-empty").hidden = !empty;
}

function drawChips(kind) {
    const mould = document.getElementById("pc-chip").content.firstElementChild;
    const chips = names[kind].map((name) => {
        const chip = mould.cloneNode(true);
        const button = chip.querySelector("button");
        chip.querySelector(".pc-chip-name").textContent = name;
        button.setAttribute("aria-label", button.dataset.words.replace("{name}", name));
        button.hidden = kept[kind].has(name);
        button.addEventListener("click", () => remove(kind, name));
        return chip;
    });
    page.querySelector(`[data-chips=${kind}]`).replaceChildren(...chips);
}

function hidden(name, value) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    return field;
}

function sum() {
    const line = document.getElementById("pc-sum");
    const all = [...table.querySelectorAll("[name=pair]")];
    const fresh = all.filter((tick) => tick.checked && !made.has(tick.value)).length;
    const present = new Set(all.filter((tick) => tick.checked).map((tick) => tick.value));
    const gone = data.draft ? [...made.keys()].filter((key) => !present.has(key)).length : 0;
    const parts = [];
    if (fresh) parts.push(line.dataset.new.replace("{n}", fresh));
    if (gone) parts.push(line.dataset.gone.replace("{n}", gone));
    line.textContent = parts.join(", ");
}

function draw() {
    remember();
    names.sizes.sort(sizeOrder);
    for (const kind of ["colours", "sizes"]) {
        areas[kind].value = names[kind].join("\n");
        drawChips(kind);
    }
    drawTable();
    document
        .getElementById("pc-shown")
        .replaceChildren(
            ...names.colours.map((name) => hidden("shown_colour", name)),
            ...names.sizes.map((name) => hidden("shown_size", name)),
        );
    sum();
}

/* --- changing --- */

function add(kind, wanted) {
    const fresh = wanted.map(tidy).filter((name) => name && !names[kind].includes(name));
    if (!fresh.length) return;
    names[kind].push(...new Set(fresh));
    draw();
    page.dispatchEvent(new Event("input", { bubbles: true }));
}

function remove(kind, name) {
    names[kind] = names[kind].filter((one) => one !== name);
    draw();
    page.dispatchEvent(new Event("input", { bubbles: true }));
    page.querySelector(`[data-add=${kind}]`).focus();
}

function addTyped(kind) {
    const field = page.querySelector(`[data-add=${kind}]`);
    // A comma stands between colours, and inside of a half size.
    add(kind, field.value.split(kind === "colours" ? /[,;\n]/ : /[;\n]/));
    field.value = "";
    field.focus();
}

function addRange() {
    const [from, to] = ["pc-from", "pc-to"].map((id) => document.getElementById(id).valueAsNumber);
    if (Number.isNaN(from) || Number.isNaN(to) || to < from || to - from > 60) {
        document.getElementById(Number.isNaN(from) ? "pc-from" : "pc-to").focus();
        return;
    }
    const half = document.getElementById("pc-half").checked;
    const sizes = [];
    for (let size = from; size <= to; size += 1) {
        sizes.push(String(size));
        if (half && size < to) sizes.push(`${size},5`);
    }
    add("sizes", sizes);
}

function walk(event) {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const box = event.target.closest("td");
    if (!steps || !box || event.target.type !== "checkbox") return;
    const row = table.rows[box.parentElement.rowIndex + steps[0]];
    const next = row?.cells[box.cellIndex + steps[1]]?.querySelector("[name=pair]");
    if (!next) return;
    event.preventDefault();
    next.focus();
}

for (const part of page.querySelectorAll("[data-with-script]")) part.hidden = false;
for (const part of page.querySelectorAll("[data-plain]")) part.hidden = true;
for (const kind of ["colours", "sizes"]) {
    page.querySelector(`[data-add-button=${kind}]`).addEventListener("click", () => addTyped(kind));
    page.querySelector(`[data-add=${kind}]`).addEventListener("keydown", (event) => {
        // Enter in an empty field saves, as everywhere.
        if (event.key !== "Enter" || !tidy(event.target.value)) return;
        event.preventDefault();
        addTyped(kind);
    });
}
for (const button of page.querySelectorAll("[data-put]")) {
    button.addEventListener("click", () => add(button.dataset.put, button.dataset.names.split("|")));
}
document.getElementById("pc-range-add").addEventListener("click", addRange);
for (const id of ["pc-from", "pc-to"]) {
    document.getElementById(id).addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || !event.target.value) return;
        event.preventDefault();
        addRange();
    });
}
table.addEventListener("keydown", walk);
table.addEventListener("change", sum);
page.addEventListener("submit", () => {
    // What was typed and not added yet is meant as well.
    for (const kind of ["colours", "sizes"]) if (tidy(page.querySelector(`[data-add=${kind}]`).value)) addTyped(kind);
    for (const field of table.querySelectorAll(".pc-own-barcode")) field.disabled = !field.value.trim();
});
draw();
page.querySelector("[data-first]")?.focus();
