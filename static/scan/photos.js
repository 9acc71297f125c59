/**
 * Pictures of a returned unit: sent as soon as they are taken, with a key like a scan; the answer is the work area.
 *
 * <input type="file" data-photo-unit="7" data-sending="…" data-failed="…"> and an element #photo-state for the words.
 */

const work = document.getElementById("work");
const TIMEOUT_MS = 60000;
const TRIES = 3;

const makeKey = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

function bodyOf(input, file) {
    const body = new FormData();
    body.set("key", makeKey());
    body.set("action", "photo");
    body.set("unit", input.dataset.photoUnit);
    body.set("photo", file);
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    return body;
}

/** The same body, and so the same key, until an answer came: the server keeps the picture once. */
async function send(body, tries = TRIES) {
    try {
        const response = await fetch(work.dataset.url, {
            method: "POST",
            body,
            headers: { "X-Requested-With": "scan" },
            redirect: "manual",
            signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        if (response.headers.has("X-Scan-Outcome")) return await response.text();
        if (response.status < 500) return null;
    } catch {
        // No connection, or none any more: again below.
    }
    return tries > 1 ? send(body, tries - 1) : null;
}

function show(text) {
    const state = document.getElementById("photo-state");
    if (state) state.textContent = text;
}

function swap(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    work.replaceChildren(...page.body.childNodes);
    const message = work.querySelector(".answer-message")?.textContent.trim() ?? "";
    document.getElementById("say").textContent = message;
    document.getElementById("scan")?.focus({ preventScroll: true });
}

work.addEventListener("change", async (event) => {
    const input = event.target.closest("input[data-photo-unit]");
    const file = input?.files[0];
    if (!file) return;
    const body = bodyOf(input, file);
    const { sending, failed } = input.dataset;
    input.value = ""; // the work area may be swapped meanwhile, and a chosen file cannot be carried over
    show(sending);
    const html = await send(body);
    if (html === null) show(failed);
    else swap(html);
});
