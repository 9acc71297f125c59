/**
 * Puts the parts of a scan page together. The server is right about everything: the work area always comes from it,
 * and a page can be reloaded at any moment. Protocol and classes: docs/scan-pages.md.
 */

const byId = (id) => document.getElementById(id);
const config = JSON.parse(byId("scan-config").textContent);
const { texts } = config;
const modules = await Promise.all(Object.values(config.modules).map((address) => import(address)));
const part = Object.fromEntries(Object.keys(config.modules).map((name, index) => [name, modules[index]]));
const { BAD, makeKey } = part.queue;
const { tell } = part.feedback;
const { messageIn } = part.work;
const { element } = part.lists;

const TAB = makeKey();
const LATE_AFTER_MS = 4000;
const POLL_QUIET_MS = 4000;
const POLL_SOON_MS = 5000;
const TOAST_MS = 6000;
const RELOAD_MOST_MS = 60000;
const COUNTER_AFTER_MS = 600;

const work = byId("work");
const here = work.dataset.url || location.pathname;
const offlinePage = config.page === "offline";
const fill = (text, values = {}) => Object.entries(values).reduce((all, [name, value]) => all.replaceAll(`%(${name})s`, value), text);

const { area, lasting } = part.queue.openStorage();
const person = rememberPerson();
// Without a connection this page stands for another one, whose name was kept.
const title = (offlinePage && area.getItem(`scan.title.${here}`)) || byId("page-title").textContent.trim();

// --- settings of this device ---------------------------------------------------------------------------------------

const settings = {
    values: { sound: true, vibration: true, print: true, printer: "pdf", suffix: 0, ...JSON.parse(area.getItem("scan.settings") ?? "{}") },
    get: (name) => settings.values[name],
    set(name, value) {
        settings.values[name] = value;
        area.setItem("scan.settings", JSON.stringify(settings.values));
    },
};

/** Who signed in last on this device: the page shown without a connection must find that person's scans. */
function rememberPerson() {
    if (config.user) {
        area.setItem("scan.last", JSON.stringify({ id: config.user, name: config.person }));
        area.setItem(`scan.person.${config.user}`, config.person);
        return { id: String(config.user), name: config.person };
    }
    const last = JSON.parse(area.getItem("scan.last") ?? "null");
    return last ? { id: String(last.id), name: last.name } : { id: "0", name: "" };
}

// --- the parts --------------------------------------------------------------------------------------------------------

const box = byId("scan");
const list = part.queue.createList({ area, prefix: `scan.q.${person.id}.` });
const late = part.queue.createList({ area, prefix: `scan.late.${person.id}.` });
const feedback = part.feedback.createFeedback({ settings, flash: byId("flash"), say: byId("say"), sayLoud: byId("say-loud"), bad: BAD });
const input = part.input.createInput({
    box,
    form: byId("scan-form"),
    settings,
    onScan: scanned,
    onBlocked: () => actions.blocked(),
    onEnterOnButton: () => toast(texts.pressSpace),
});
const zoom = part.zoom.createZoom({ dialog: byId("zoom-dialog"), image: byId("zoom-picture"), caption: byId("zoom-caption"), texts });
const actions = part.actions.createActions({
    root: work, dialog: byId("confirm-dialog"), texts, settings, area, run: act, toast, input, tell,
    warn: (message) => feedback.signal("REFUSED", message),
});
const camera = part.camera.createCamera({
    panel: byId("camera"), video: byId("camera-video"), text: byId("camera-text"), light: byId("camera-light"),
    texts, readerUrl: config.reader, onScan: scanned,
    onClose: () => { byId("camera-button")?.setAttribute("aria-pressed", "false"); input.focus(); },
});
const content = part.work.createWork({
    root: work,
    onSwap: () => { prepare(); tell("scan:swapped", {}); },
    focus: () => input.focus(),
});
const transport = part.queue.createTransport({
    token: document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "", user: person.id, whoUrl: config.urls.who,
});
const lists = part.lists.createLists({
    list, late, byId, texts, fill, icon,
    onSeen: () => input.focus(),
    ask: (text, word) => actions.ask(text, word),
    onRemove: (entry) => queue.discard(entry),
});
const lock = part.queue.createLock({ area, name: `scan-send-${person.id}`, owner: TAB });
const queue = part.queue.createQueue({ list, lock, transport, onResult, onChange: showState });
const channel = "BroadcastChannel" in window ? new BroadcastChannel(`scan-${person.id}`) : null;

// --- scans and buttons ------------------------------------------------------------------------------------------------

let version = 0; // counts what this page sent: an older refresh must not paint over a newer answer
let stale = false; // the work area may no longer be true
let touchedAt = performance.now();

const entryOf = (values) => ({ key: makeKey(), url: here, title, tab: TAB, scanned_at: new Date().toISOString(), ...values });

function scanned(text) {
    touchedAt = performance.now();
    version += 1;
    tell("scan:scanned", { text });
    add({ text });
}

function add(values) {
    const waits = queue.state !== "IDLE" && queue.state !== "SENDING";
    queue.add(entryOf({ ...values, waits }));
    if (waits) kept();
}

/** There is no connection (or nobody signed in): the scan lies on this device. */
function kept() {
    showAnswer("QUEUED", fill(texts.queued, { count: list.size() }));
}

async function act({ action, text, fields, form, keep }) {
    version += 1;
    if (keep) {
        add({ action, text, fields });
        return;
    }
    const entry = entryOf({ action, text, fields });
    const answer = await queue.act(entry);
    if (answer.kind === "answer") {
        accept(entry, answer, BAD.has(answer.outcome) ? null : form);
        return;
    }
    stale = true;
    const message = { unsure: texts.actionUnsure, gone: texts.gone }[answer.kind] ?? (answer.kind === "stop" ? stopText(answer.state) : texts.actionOffline);
    showAnswer("REFUSED", message);
}

/** An entry of the queue was worked off, by this tab or by another one. */
function onResult(entry, answer, elsewhere = false) {
    const mine = entry.tab === TAB;
    if (!elsewhere) {
        channel?.postMessage({ entry, answer });
        keepLate(entry, answer);
    }
    if (answer.kind === "gone") {
        feedback.signal("REFUSED", texts.gone);
    } else if (entry.url === here) {
        accept(entry, answer, null, mine || !elsewhere);
    } else if (!elsewhere) {
        stale = true;
        if (BAD.has(answer.outcome)) feedback.signal(answer.outcome, messageIn(answer.html));
    }
}

/** A bad answer that came when the person had already moved on is listed until somebody has seen it. */
function keepLate(entry, answer) {
    const outcome = answer.kind === "gone" ? "REFUSED" : answer.outcome;
    if (!BAD.has(outcome)) return;
    const waited = Date.now() - Date.parse(entry.scanned_at);
    const movedOn = entry.tab !== TAB || entry.waits || entry.tries > 0 || waited > LATE_AFTER_MS || list.size() > 0 || entry.url !== here;
    if (!movedOn) return;
    const message = answer.kind === "gone" ? texts.gone : messageIn(answer.html);
    late.add({ key: entry.key, text: entry.text ?? entry.action, title: entry.title, scanned_at: entry.scanned_at, outcome, message });
    lists.showLate();
}

function accept(entry, answer, form, loud = true) {
    version += 1;
    stale = false;
    const message = messageIn(answer.html);
    content.swap(answer.html, { sentForm: form });
    if (loud) feedback.signal(answer.outcome, message);
    if (loud) actions.printNew();
    const next = work.querySelector("[data-goto]");
    if (next && !list.size()) location.assign(next.dataset.goto);
}

// --- the work area ----------------------------------------------------------------------------------------------------

function prepare() {
    zoom.prepare(work);
    actions.prepare();
    const hint = work.querySelector("[data-scan-hint]");
    if (hint && box) box.placeholder = hint.dataset.scanHint || hint.textContent.trim();
}

/** An answer the device gives by itself. */
function showAnswer(outcome, message) {
    const old = work.querySelector(".answer");
    const made = document.createElement("section");
    made.className = `answer answer-${outcome}`;
    made.dataset.outcome = outcome;
    made.append(icon(outcome.toLowerCase()), element("answer-message", message));
    if (old) old.replaceWith(made);
    else work.prepend(made);
    feedback.signal(outcome, message);
}

function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${config.icons}#${name}`);
    svg.append(use);
    return svg;
}

/** Fetch the work area again, unless something was sent meanwhile. */
async function refresh({ keepAnswer = true } = {}) {
    const asked = version;
    const got = await transport.request(here);
    if (!got) {
        queue.lost();
        return;
    }
    if (got.response.type === "opaqueredirect" || !got.response.ok) {
        queue.kick();
        return;
    }
    stale = false;
    if (asked !== version || (input.busy() && !offlinePage) || got.body === content.shown) return;
    content.swap(got.body, { keepAnswer });
}

function idle() {
    return !input.busy() && queue.state === "IDLE" && !list.size() && !document.hidden && !camera.running &&
        performance.now() - touchedAt > POLL_QUIET_MS && !content.begun() && !String(getSelection());
}

// --- what the shell shows ---------------------------------------------------------------------------------------------

let counterTimer = 0;

function stopText(state) {
    const values = { count: list.size(), person: person.name };
    return fill({ SIGNED_OUT: texts.signedOut, OTHER_PERSON: texts.otherPerson, DENIED: texts.denied }[state] ?? texts.actionOffline, values);
}

function showState() {
    const { state } = queue;
    const stopped = ["SIGNED_OUT", "OTHER_PERSON", "DENIED"].includes(state);
    const offline = state === "OFFLINE";
    const word = offline ? texts.offline : stopped ? texts.waiting : texts.online;
    byId("queue-button").dataset.state = offline ? "offline" : stopped ? "stopped" : "online";
    byId("online-word").textContent = word;
    byId("notice-offline").hidden = !offline;
    byId("notice-auth").hidden = !stopped;
    byId("notice-auth-text").textContent = stopped ? stopText(state) : "";
    byId("notice-auth-link").href = `${config.urls.login}?${new URLSearchParams({ next: location.pathname + location.search })}`;
    if (offline || stopped) stale = true;
    work.classList.toggle("work-stale", offline || stopped);
    showCount(offline || stopped);
    if (state === "IDLE" && !list.size() && (stale || offlinePage)) afterSilence();
}

/** The counter: at once when scans wait, but not for the blink of an ordinary scan. */
function showCount(now) {
    clearTimeout(counterTimer);
    const update = () => {
        const count = list.size();
        byId("queue-count").hidden = byId("queue-word").hidden = count === 0;
        byId("queue-count").textContent = String(count);
        if (byId("queue-dialog").open) lists.showQueue();
    };
    if (now || !list.size()) update();
    else counterTimer = setTimeout(update, COUNTER_AFTER_MS);
}

/** The connection is back and everything was sent. */
function afterSilence() {
    stale = false;
    if (offlinePage) loadRealPage();
    else refresh();
}

/** Slower each time: the server may answer while this one page does not load. */
function loadRealPage() {
    const times = Number(sessionStorage.getItem("scan.reloads") ?? 0);
    sessionStorage.setItem("scan.reloads", String(times + 1));
    setTimeout(() => location.reload(), times && Math.min(1000 * 2 ** times, RELOAD_MOST_MS));
}

function showOthers() {
    const others = part.queue.othersWaiting({ area, user: person.id });
    byId("notice-others").hidden = others.length === 0;
    byId("notice-others").textContent = others.map((other) => fill(texts.othersWait, other)).join(" ");
}

let toastTimer = 0;

function toast(message, bad = false) {
    const place = byId("toast");
    clearTimeout(toastTimer);
    place.textContent = message;
    place.classList.toggle("toast-bad", bad);
    place.hidden = false;
    feedback.speak(message, bad);
    toastTimer = setTimeout(() => { place.hidden = true; }, TOAST_MS);
}

// --- buttons of the shell ----------------------------------------------------------------------------------------------

function showSound() {
    byId("sound-button").setAttribute("aria-pressed", String(settings.get("sound")));
    byId("setting-sound").checked = settings.get("sound");
}

/** What only one kind of printer can print is shown on devices that have it. */
function showPrinter() {
    document.documentElement.dataset.printer = settings.get("printer");
}

function setSound(on) {
    settings.set("sound", on);
    showSound();
    feedback.speak(on ? texts.soundOn : texts.soundOff, false);
    if (on) feedback.sound("OK");
}

byId("sound-button").addEventListener("click", () => setSound(!settings.get("sound")));
byId("setting-sound").addEventListener("change", (event) => setSound(event.target.checked));
for (const name of ["vibration", "print"]) {
    byId(`setting-${name}`).checked = settings.get(name);
    byId(`setting-${name}`).addEventListener("change", (event) => settings.set(name, event.target.checked));
}
byId("setting-printer").value = settings.get("printer");
byId("setting-printer").addEventListener("change", (event) => {
    settings.set("printer", event.target.value);
    showPrinter();
});
byId("setting-suffix").value = String(settings.get("suffix"));
byId("setting-suffix").addEventListener("change", (event) => settings.set("suffix", Number(event.target.value)));
byId("settings-button").addEventListener("click", () => byId("settings-dialog").showModal());
byId("queue-button").addEventListener("click", () => { lists.showQueue(); byId("queue-dialog").showModal(); });
byId("queue-retry").addEventListener("click", () => queue.kick());
byId("keyboard-button")?.addEventListener("click", (event) => {
    const shown = event.currentTarget.getAttribute("aria-pressed") !== "true";
    event.currentTarget.setAttribute("aria-pressed", String(shown));
    input.keyboard(shown);
});
byId("camera-button")?.addEventListener("click", async (event) => {
    const button = event.currentTarget;
    if (camera.running) camera.close();
    else button.setAttribute("aria-pressed", String(await camera.open()));
});
byId("camera-close").addEventListener("click", () => camera.close());
// Whoever picks the device up next must not scan in this person's name while there is no connection.
byId("sign-out")?.addEventListener("submit", () => area.removeItem("scan.last"));

// --- the world outside --------------------------------------------------------------------------------------------------

channel?.addEventListener("message", ({ data }) => onResult(data.entry, data.answer, true));
window.addEventListener("storage", () => { showCount(false); lists.showLate(); });
window.addEventListener("offline", () => queue.lost());
window.addEventListener("online", () => queue.kick());
window.addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && queue.state === "OFFLINE") queue.kick(); });
for (const name of ["pointerdown", "keydown", "wheel", "touchmove"]) {
    document.addEventListener(name, () => { touchedAt = performance.now(); }, { capture: true, passive: true });
}

const pollSeconds = Number(work.dataset.poll);
if (pollSeconds > 0) {
    setInterval(() => { if (idle()) refresh(); }, pollSeconds * 1000);
    // Something that is shown here comes in a moment.
    const awaited = () => [...work.querySelectorAll("[data-poll-soon]")].some((node) => node.offsetParent);
    setInterval(() => { if (awaited() && idle()) refresh(); }, POLL_SOON_MS);
}

if ("serviceWorker" in navigator) navigator.serviceWorker.register(config.urls.worker).catch(() => undefined);

byId("person").textContent = person.name;
if (!lasting) toast(texts.noStorage, true);
prepare();
showSound();
showPrinter();
showOthers();
lists.showLate();
input.focus();
if (offlinePage) {
    if (person.id === "0") byId("scan-form").hidden = true;
    queue.lost();
} else {
    sessionStorage.removeItem("scan.reloads");
    area.setItem(`scan.title.${here}`, title);
    showState();
    if (list.size()) queue.kick();
}
document.documentElement.dataset.ready = "true";
