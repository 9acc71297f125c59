/**
 * Category, brand and attributes. Search fields become comboboxes (ARIA 1.2): typing asks the server, arrows walk through
 * what it found, Enter picks. What is picked presses a button of the form ([data-press]) or is put into the select the
 * field belongs to ([data-into]); without this file the buttons and selects work by themselves.
 */

const form = document.getElementById("pc-form");
const words = form.dataset;
const PAUSE_MS = 200;
let boxes = 0;

const say = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const changed = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));

function press(name, value) {
    const button = document.createElement("button");
    button.type = "submit";
    button.name = name;
    button.value = value;
    button.hidden = true;
    form.append(button);
    form.requestSubmit(button);
}

/* --- what a picked value does --- */

/** One of many: the field shows the name of what is chosen; emptied, nothing is. */
function single(input, select) {
    const name = () => (select.value ? select.selectedOptions[0].label : "");
    input.value = name();
    return {
        pick(found) {
            select.replaceChildren(new Option("—", ""), new Option(found.name, found.id, true, true));
            input.value = found.name;
            changed(select);
        },
        typed() {
            if (input.value.trim() || !select.value) return;
            select.value = "";
            changed(select);
        },
        left: () => (input.value = name()),
    };
}

/** Several: each has a button that takes it away. */
function several(input, select) {
    const chips = document.createElement("div");
    chips.className = "ls-chips";
    input.closest(".ls-search").before(chips);
    const draw = () => chips.replaceChildren(...[...select.selectedOptions].map(chip));
    const chip = (option) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "ls-chip";
        button.textContent = option.label;
        button.setAttribute("aria-label", say(words.remove, { name: option.label }));
        button.addEventListener("click", () => {
            option.selected = false;
            draw();
            changed(select);
            input.focus();
        });
        return button;
    };
    draw();
    return {
        pick(found) {
            const known = [...select.options].find((option) => option.value === String(found.id));
            if (known) known.selected = true;
            else select.append(new Option(found.name, found.id, true, true));
            input.value = "";
            draw();
            changed(select);
        },
        typed() {},
        left: () => (input.value = ""),
    };
}

function pressing(name) {
    return { pick: (found) => press(name, found.id), typed() {}, left() {} };
}

/** The field takes the place of its select: its label, its address on the page, and what is said to be wrong. */
function replaceSelect(input, select) {
    const id = select.id;
    for (const name of ["aria-invalid", "aria-describedby"]) {
        if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
        select.removeAttribute(name);
    }
    input.removeAttribute("aria-label");
    select.removeAttribute("id");
    input.id = id;
    // The script of all steps has put the cursor into the select, if that is what the address names.
    if (document.activeElement === select) input.focus();
    select.hidden = true;
}

/* --- the combobox --- */

function combo(box) {
    const input = box.querySelector("input[type=search]");
    const select = box.querySelector("select");
    const number = ++boxes;
    const list = document.createElement("ul");
    const status = document.createElement("p");
    let effect = null;
    let timer = 0;
    let asked = 0;
    let active = -1;
    let found = [];
    // Whether the list answers what is in the field now: what was found for other words must not be picked by a key.
    let fresh = false;
    let pressed = Promise.resolve();

    list.className = "ls-options";
    list.id = `ls-options-${number}`;
    list.setAttribute("role", "listbox");
    list.hidden = true;
    status.className = "ls-status g-note";
    status.setAttribute("role", "status");
    input.closest(".ls-search").after(list, status);
    if (select) replaceSelect(input, select);
    effect = !select ? pressing(box.dataset.press) : select.multiple ? several(input, select) : single(input, select);
    const label = form.querySelector(`label[for="${CSS.escape(input.id)}"]`);
    if (label) list.setAttribute("aria-label", label.textContent.replace(/\s+/g, " ").trim());
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id]]) {
        input.setAttribute(name, value);
    }
    input.setAttribute("aria-expanded", "false");

    function activate(place) {
        active = place;
        [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === place)));
        const item = list.children[place];
        if (item) {
            input.setAttribute("aria-activedescendant", item.id);
            item.scrollIntoView({ block: "nearest" });
        } else input.removeAttribute("aria-activedescendant");
    }

    function close() {
        window.clearTimeout(timer);
        asked += 1;
        list.hidden = true;
        fresh = false;
        input.setAttribute("aria-expanded", "false");
        activate(-1);
        status.textContent = "";
    }

    function item(one, at) {
        const line = document.createElement("li");
        line.id = `${list.id}-${at}`;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", "false");
        const name = document.createElement("span");
        name.className = "g-strong";
        name.textContent = one.name;
        line.append(name);
        if (one.note) {
            const note = document.createElement("span");
            note.className = "g-note";
            note.textContent = one.note;
            line.append(" ", note);
        }
        line.addEventListener("click", () => pick(at));
        return line;
    }

    function show(answer) {
        found = answer.found;
        fresh = true;
        list.replaceChildren(...found.map(item));
        list.hidden = !found.length;
        input.setAttribute("aria-expanded", String(Boolean(found.length)));
        activate(-1);
        const full = found.length === answer.most;
        status.textContent = say(full ? words.more : found.length ? words.count : words.none, { n: found.length });
    }

    async function search() {
        const turn = ++asked;
        box.querySelector("[data-found]")?.remove();
        try {
            const response = await fetch(`${box.dataset.combo}?${new URLSearchParams({ q: input.value })}`);
            if (!response.ok || response.redirected) throw new Error(String(response.status));
            const answer = await response.json();
            if (turn === asked) show(answer);
        } catch {
            if (turn !== asked) return;
            show({ found: [], most: 0 });
            status.textContent = words.lost;
        }
    }

    function pick(at) {
        const one = found[at];
        close();
        effect.pick(one);
    }

    async function current() {
        if (fresh) return;
        window.clearTimeout(timer);
        await search();
    }

    async function move(step) {
        await current();
        const count = fresh ? found.length : 0;
        if (count) activate(active < 0 && step < 0 ? count - 1 : (active + step + count) % count);
    }

    async function enter() {
        await current();
        const at = active < 0 && found.length === 1 ? 0 : active;
        if (fresh && found[at]) pick(at);
    }

    const keys = {
        ArrowDown: () => move(1),
        ArrowUp: () => move(-1),
        Enter: enter,
        Escape: () => {
            close();
            effect.left();
        },
    };

    input.addEventListener("keydown", (event) => {
        if (!(event.key in keys) || event.isComposing) return;
        event.preventDefault();
        // A key may have to wait for the list, and the next key for it.
        pressed = pressed.then(keys[event.key]);
    });
    input.addEventListener("input", (event) => {
        if (!event.isTrusted && event.target !== input) return;
        effect.typed();
        fresh = false;
        activate(-1);
        window.clearTimeout(timer);
        timer = window.setTimeout(search, PAUSE_MS);
    });
    input.addEventListener("click", () => list.hidden && select && search());
    input.addEventListener("focus", () => select && input.select());
    // A press on the list must not take the focus away from the field.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    input.addEventListener("blur", () => {
        close();
        effect.left();
    });
}

for (const box of form.querySelectorAll("[data-combo]")) combo(box);
for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;

/* --- the tree: one level replaces the other --- */

const level = form.querySelector("[data-tree-level]");
level.addEventListener("click", async (event) => {
    const button = event.target.closest("button[name=open]");
    if (!button) return;
    event.preventDefault();
    try {
        const response = await fetch(`${words.tree}?${new URLSearchParams({ parent: button.value })}`);
        if (!response.ok || response.redirected) throw new Error(String(response.status));
        level.innerHTML = await response.text();
        (level.querySelector(".ls-children button") ?? level.querySelector("button"))?.focus();
    } catch {
        // Without the script's way the button's own way is left: the page comes again with the level open.
        press("open", button.value);
    }
});

/* --- the longest title, while its pattern is written --- */

const sample = form.querySelector("[data-sample]");
const pattern = form.querySelector("[name=title_pattern]");
const keys = JSON.parse(document.getElementById("title-keys").textContent);

function longestTitle() {
    let longest = "";
    for (const colour of keys.colours) {
        for (const size of keys.sizes) {
            const values = { title: sample.dataset.title, colour, size };
            const made = pattern.value.replace(/\{(title|colour|size)\}/g, (mark, name) => values[name]).trim();
            if ([...made].length > [...longest].length) longest = made;
        }
    }
    return longest;
}

pattern.addEventListener("input", () => {
    const title = longestTitle();
    const length = [...title].length;
    const most = Number(sample.dataset.most);
    const count = sample.querySelector("[data-sample-count]");
    sample.querySelector("[data-sample-title]").textContent = title;
    count.textContent = `${length} / ${most}`;
    count.className = length > most ? "g-bad" : "g-note";
});
