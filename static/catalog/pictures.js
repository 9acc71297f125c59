/**
 * The page of a model's pictures: files are sent one after the other, each with its progress and its answer; pictures are
 * dragged into order, or moved with their buttons. Every step is the POST the plain form would make; the answer is JSON:
 * {results: [{good, sentence, notes}], strip: "<html of the colour>"}. Without this file the forms work by themselves.
 */

const page = document.getElementById("pictures");
const words = page.dataset;
const TIMEOUT_MS = 180000;
let waiting = Promise.resolve();

const colourOf = (element) => element.closest("[data-colour]");
const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

/** One step after the other: two at once would answer with strips that overtake each other. */
function inTurn(step) {
    waiting = waiting.then(step);
    return waiting;
}

/** Sends a body; resolves to the answer, or to null when none came. `progress` gets a share from 0 to 1. */
function post(body, progress = () => {}) {
    return new Promise((resolve) => {
        const request = new XMLHttpRequest();
        request.open("POST", location.pathname);
        request.timeout = TIMEOUT_MS;
        request.setRequestHeader("Accept", "application/json");
        request.upload.addEventListener("progress", (event) => {
            if (event.lengthComputable) progress(event.loaded / event.total);
        });
        request.addEventListener("load", () => {
            try {
                resolve(JSON.parse(request.responseText));
            } catch {
                resolve({ results: [{ good: false, sentence: words.refused, notes: [] }], strip: "" });
            }
        });
        for (const end of ["error", "abort", "timeout"]) request.addEventListener(end, () => resolve(null));
        request.send(body);
    });
}

function bodyOf(values) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", token());
    for (const [name, value] of Object.entries(values)) [value].flat().forEach((one) => body.append(name, one));
    return body;
}

function newResult(colour, text) {
    const item = document.createElement("li");
    item.className = "p-result";
    item.textContent = text;
    colour.querySelector("[data-results]").append(item);
    return item;
}

function note(text) {
    const line = document.createElement("span");
    line.className = "p-warning";
    line.textContent = text;
    return line;
}

function show(item, answer) {
    const results = answer ? answer.results : [{ good: false, sentence: words.failed, notes: [] }];
    item.replaceChildren();
    for (const result of results) {
        const line = document.createElement("span");
        line.className = result.good ? "g-good" : "g-reason";
        line.textContent = result.sentence;
        item.append(line, ...result.notes.map(note));
    }
}

function swap(colour, answer) {
    if (answer?.strip) colour.querySelector("[data-strip]").innerHTML = answer.strip;
}

/* --- sending --- */

async function send(colour, file) {
    const item = newResult(colour, `${file.name}: ${words.sending}`);
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    item.append(bar);
    const body = bodyOf({ action: "upload", colour: colour.dataset.colour, pictures: file });
    const answer = await post(body, (share) => {
        bar.value = share;
        if (share === 1) item.firstChild.textContent = `${file.name}: ${words.working}`;
    });
    show(item, answer);
    swap(colour, answer);
}

function sendAll(colour, files) {
    colour.querySelector("[data-results]").replaceChildren();
    for (const file of files) inTurn(() => send(colour, file));
}

for (const button of page.querySelectorAll("[data-without-script]")) button.hidden = true;

// On the way down and no further: the admin's skin expects a text field of its own beside every file input.
page.addEventListener(
    "change",
    (event) => {
        const input = event.target.closest("[data-upload] input[type=file]");
        if (!input) return;
        event.stopPropagation();
        if (input.files.length) sendAll(colourOf(input), [...input.files]);
        input.value = "";
    },
    { capture: true },
);

/* --- buttons --- */

function focusAgain(colour, id, step) {
    const item = colour.querySelector(`[data-id="${id}"]`) ?? colour.querySelector("[data-id]");
    const button = item?.querySelector(`[value="${step}"]:enabled`) ?? item?.querySelector("button:enabled, summary");
    (button ?? colour.querySelector("input[type=file]"))?.focus();
}

page.addEventListener("submit", (event) => {
    const form = event.target.closest("form");
    const colour = colourOf(form);
    if (form.matches("[data-upload]")) {
        event.preventDefault();
        return;
    }
    if (!form.matches("[data-step]")) return;
    event.preventDefault();
    const body = new FormData(form);
    const step = event.submitter?.value ?? "";
    if (event.submitter?.name) body.set(event.submitter.name, step);
    inTurn(async () => {
        const answer = await post(body);
        colour.querySelector("[data-results]").replaceChildren();
        show(newResult(colour, ""), answer);
        swap(colour, answer);
        if (body.has("url")) {
            if (answer?.results.every((result) => result.good)) form.reset();
        } else focusAgain(colour, body.get("id"), step);
    });
});

/* --- dragging: pictures among themselves, files from outside --- */

let dragged = null;
let before = [];

const idsOf = (strip) => [...strip.children].map((item) => item.dataset.id);

page.addEventListener("dragstart", (event) => {
    const item = event.target.closest?.(".p-item[draggable=true]");
    if (!item) return;
    dragged = item;
    before = [...item.parentElement.children];
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", item.dataset.id);
    item.classList.add("p-dragged");
});

page.addEventListener("dragover", (event) => {
    if (dragged) {
        const strip = event.target.closest(".p-strip");
        if (strip !== dragged.parentElement) return;
        event.preventDefault();
        const over = event.target.closest(".p-item");
        if (!over || over === dragged) return;
        const items = [...strip.children];
        if (items.indexOf(dragged) < items.indexOf(over)) over.after(dragged);
        else over.before(dragged);
        return;
    }
    const colour = event.target.closest(".p-colour");
    if (!colour?.querySelector("[data-upload]") || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    colour.classList.add("p-over");
});

page.addEventListener("dragleave", (event) => {
    const colour = event.target.closest(".p-colour");
    if (colour && !colour.contains(event.relatedTarget)) colour.classList.remove("p-over");
});

page.addEventListener("drop", (event) => {
    const colour = event.target.closest(".p-colour");
    if (!colour) return;
    if (dragged) {
        event.preventDefault();
        keepOrder(colour, dragged.parentElement);
        return;
    }
    colour.classList.remove("p-over");
    if (!colour.querySelector("[data-upload]") || !event.dataTransfer.files.length) return;
    event.preventDefault();
    sendAll(colour, [...event.dataTransfer.files]);
});

// Let go outside of the strip, or Escape: as it was before.
page.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.classList.remove("p-dragged");
    if (before.length) dragged.parentElement?.replaceChildren(...before);
    dragged = null;
});

function keepOrder(colour, strip) {
    const was = before.map((item) => item.dataset.id);
    const ids = idsOf(strip);
    const old = before;
    before = [];
    if (ids.join() === was.join()) return;
    inTurn(async () => {
        const answer = await post(bodyOf({ action: "order", colour: colour.dataset.colour, id: ids }));
        colour.querySelector("[data-results]").replaceChildren();
        show(newResult(colour, ""), answer);
        if (answer?.strip) swap(colour, answer);
        else strip.replaceChildren(...old);
    });
}
