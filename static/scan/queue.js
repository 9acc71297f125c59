/**
 * Scans on their way to the server: kept on the device, one at a time, strictly in order, each exactly once.
 *
 * An entry is its own item in localStorage ("scan.q.<person>.<number>.<key>"), so two tabs never overwrite each
 * other's list. Only the tab that holds the lock sends. The key of an entry was made when it was scanned and never
 * changes: an answer that was lost is asked for again with the same key, and the server books once.
 *
 * States: IDLE, SENDING, OFFLINE (try again later), SIGNED_OUT, OTHER_PERSON, DENIED (wait for a person).
 */

const TIMEOUT_MS = 15000;
const LEASE_MS = TIMEOUT_MS + 5000;
const BACKOFF_MS = [1000, 2000, 4000, 8000, 15000, 30000];
const ACTION_RETRY_MS = 1200;

export const BAD = new Set(["WRONG", "NEIGHBOUR", "REFUSED", "UNKNOWN"]);

/** A random key; crypto.randomUUID exists on secure addresses only. */
export function makeKey() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** localStorage, or this page's memory when the browser refuses it. `lasting` says which. */
export function openStorage() {
    try {
        localStorage.setItem("scan.probe", "1");
        localStorage.removeItem("scan.probe");
        return { area: localStorage, lasting: true };
    } catch {
        return { area: memoryArea(), lasting: false };
    }
}

function memoryArea() {
    const items = new Map();
    return {
        getItem: (name) => items.get(name) ?? null,
        setItem: (name, value) => void items.set(name, value),
        removeItem: (name) => void items.delete(name),
        key: (index) => [...items.keys()][index] ?? null,
        get length() {
            return items.size;
        },
    };
}

/** A list of small objects in storage, in the order they were added, one storage item each. */
export function createList({ area, prefix }) {
    const names = () => {
        const found = [];
        for (let index = 0; index < area.length; index += 1) {
            const name = area.key(index);
            if (name?.startsWith(prefix)) found.push(name);
        }
        return found.sort();
    };
    const read = (name) => {
        try {
            return { ...JSON.parse(area.getItem(name)), name };
        } catch {
            return null;
        }
    };
    const numberAfter = (existing) => {
        const last = existing.at(-1);
        const previous = last ? Number(last.slice(prefix.length).split(".")[0]) : 0;
        // Later than everything here, also when the device's clock was set back.
        return Math.max(Date.now() * 100, previous + 1);
    };
    return {
        add(item) {
            const number = String(numberAfter(names())).padStart(17, "0");
            const name = `${prefix}${number}.${item.key}`;
            const kept = { ...item, number: Number(number) };
            area.setItem(name, JSON.stringify(kept));
            return { ...kept, name };
        },
        change(item, values) {
            if (area.getItem(item.name) === null) return;
            const { name, ...kept } = { ...item, ...values };
            area.setItem(name, JSON.stringify(kept));
        },
        remove: (item) => area.removeItem(item.name),
        all: () => names().map(read).filter(Boolean),
        first: () => {
            for (const name of names()) {
                const item = read(name);
                if (item) return item;
            }
            return null;
        },
        size: () => names().length,
    };
}

/** People whose scans wait on this device, apart from `user`: [{person, count}]. */
export function othersWaiting({ area, user }) {
    const counts = new Map();
    for (let index = 0; index < area.length; index += 1) {
        const match = /^scan\.q\.([^.]+)\./.exec(area.key(index) ?? "");
        if (match && match[1] !== String(user)) counts.set(match[1], (counts.get(match[1]) ?? 0) + 1);
    }
    return [...counts].map(([id, count]) => ({ person: area.getItem(`scan.person.${id}`) ?? "?", count }));
}

/** Runs one piece of work at a time over all tabs: the browser's locks, or a lease where there are none. */
export function createLock({ area, name, owner }) {
    if (navigator.locks) return { run: (work) => navigator.locks.request(name, work), renew() {} };
    const key = `scan.lease.${name}`;
    const read = () => JSON.parse(area.getItem(key) ?? "null");
    const renew = () => area.setItem(key, JSON.stringify({ owner, until: Date.now() + LEASE_MS }));
    const take = async () => {
        const held = read();
        if (held && held.owner !== owner && held.until > Date.now()) return false;
        renew();
        await pause(30 + Math.random() * 40);
        return read()?.owner === owner;
    };
    // One after the other inside this tab, then the lease between tabs.
    let tail = Promise.resolve();
    const leased = async (work) => {
        while (!(await take())) await pause(400);
        try {
            return await work();
        } finally {
            area.removeItem(key);
        }
    };
    return {
        run(work) {
            const turn = tail.then(() => leased(work));
            tail = turn.catch(() => undefined);
            return turn;
        },
        renew,
    };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Speaks to the server. The token is the one of this page, made for the person who opened it: after somebody else
 * signs in it is refused, so no scan is ever booked under another name.
 */
export function createTransport({ token, user, whoUrl }) {
    let csrf = token;

    async function request(url, options = {}) {
        const abort = new AbortController();
        const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
        try {
            const response = await fetch(url, {
                credentials: "same-origin",
                redirect: "manual",
                cache: "no-store",
                ...options,
                headers: { "X-Requested-With": "scan", ...options.headers },
                signal: abort.signal,
            });
            // Read inside the time limit: a connection may die between head and body.
            return { response, body: response.type === "opaqueredirect" ? "" : await response.text() };
        } catch {
            return null;
        } finally {
            clearTimeout(timer);
        }
    }

    /** SAME (with a fresh token), OUT, OTHER or LOST (no connection). */
    async function who() {
        const got = await request(whoUrl);
        if (!got || (got.response.status !== 200 && got.response.status !== 401)) return "LOST";
        let answer;
        try {
            answer = JSON.parse(got.body);
        } catch {
            return "LOST"; // a hotspot's own page, for instance
        }
        if (!answer.user) return "OUT";
        if (String(answer.user) !== String(user)) return "OTHER";
        csrf = answer.csrf;
        return "SAME";
    }

    function body(entry) {
        const form = new URLSearchParams();
        for (const [name, value] of entry.fields ?? []) form.append(name, value);
        form.set("key", entry.key);
        form.set("text", entry.text ?? form.get("text") ?? "");
        form.set("scanned_at", entry.scanned_at);
        if (entry.action) form.set("action", entry.action);
        return form;
    }

    const post = (entry) => request(entry.url, { method: "POST", body: body(entry), headers: { "X-CSRFToken": csrf } });

    /** {kind: "answer", outcome, html} | {kind: "gone"} | {kind: "retry", status, after} | {kind: "stop", state, status}. */
    async function send(entry, secondTry = false) {
        const got = await post(entry);
        if (!got) return { kind: "retry" };
        const { response, body: html } = got;
        const outcome = response.headers.get("X-Scan-Outcome");
        if (response.ok && outcome) return { kind: "answer", outcome, html, status: response.status };
        const redirected = response.type === "opaqueredirect";
        if (redirected || response.status === 401 || response.status === 403) return asked(entry, secondTry, redirected);
        const lasting = response.status >= 400 && response.status < 500 && ![408, 425, 429].includes(response.status);
        if (lasting) return { kind: "gone", status: response.status };
        // 5xx, or a 200 that is not ours (a hotspot's sign-in page): the scan was not worked on.
        return { kind: "retry", status: response.status, after: Number(response.headers.get("Retry-After")) * 1000 || 0 };
    }

    async function asked(entry, secondTry, redirected) {
        const person = await who();
        if (person === "LOST") return { kind: "retry" };
        if (person === "OUT") return { kind: "stop", state: "SIGNED_OUT" };
        if (person === "OTHER") return { kind: "stop", state: "OTHER_PERSON" };
        if (secondTry || redirected) return { kind: "stop", state: "DENIED", status: 403 };
        return send(entry, true);
    }

    return { send, who, request };
}

/** The queue of one person. `onResult(entry, answer)` per worked-off entry, `onChange()` whenever there is news. */
export function createQueue({ list, lock, transport, onResult, onChange }) {
    let state = "IDLE";
    let running = false;
    let again = false;
    let failures = 0;
    let timer = 0;

    function setState(next) {
        if (next === state) return;
        state = next;
        onChange();
    }

    async function pump(before = Infinity) {
        for (let entry = list.first(); entry && entry.number < before; entry = list.first()) {
            if (state === "IDLE") setState("SENDING");
            lock.renew();
            const answer = await transport.send(entry);
            if (answer.kind === "retry" || answer.kind === "stop") {
                // `failed`: a server was there and did not take it, so waiting alone may never help.
                list.change(entry, { tries: (entry.tries ?? 0) + 1, failed: (entry.failed ?? 0) + (answer.status ? 1 : 0) });
                stopped(answer);
                return false;
            }
            failures = 0;
            setState("SENDING");
            list.remove(entry);
            onResult(entry, answer);
            onChange();
        }
        // With nothing to send, only a question tells whether the connection is back.
        if (state === "OFFLINE" && (await transport.who()) === "LOST") {
            stopped({ kind: "retry" });
            return false;
        }
        setState("IDLE");
        return true;
    }

    function stopped(answer) {
        clearTimeout(timer);
        if (answer.kind === "stop") {
            setState(answer.state);
            onChange();
            return;
        }
        const wait = Math.max(answer.after ?? 0, BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)]);
        failures += 1;
        timer = setTimeout(kick, wait * (0.85 + Math.random() * 0.3));
        setState("OFFLINE");
        onChange();
    }

    /** Send what waits, unless somebody already does. Never rejects. */
    async function kick() {
        clearTimeout(timer);
        if (running) {
            again = true;
            return;
        }
        running = true;
        let sent = true;
        do {
            again = false;
            sent = await lock.run(() => pump());
        } while (again && sent);
        running = false;
    }

    /** A button: after everything scanned before it, and never kept. Resolves to an answer or {kind: "offline"}. */
    async function act(entry) {
        if (state !== "IDLE" && state !== "SENDING") {
            kick();
            return { kind: "offline" };
        }
        const before = (list.all().at(-1)?.number ?? 0) + 1;
        const answer = await lock.run(async () => {
            if (!(await pump(before))) return { kind: "offline" };
            const first = await transport.send(entry);
            if (first.kind !== "retry") return first;
            // Perhaps it was done and only the answer was lost: the same key asks without doing it twice.
            await pause(ACTION_RETRY_MS);
            const second = await transport.send(entry);
            return second.kind === "retry" ? { ...second, kind: "unsure", after: second.after } : second;
        });
        if (answer.kind === "unsure") stopped({ kind: "retry", after: answer.after });
        if (answer.kind === "stop") stopped(answer);
        if (list.size()) kick();
        return answer;
    }

    return {
        add(entry) {
            const kept = list.add(entry);
            onChange();
            // Also when the connection was lost before: every scan is a reason to try again at once.
            kick();
            return kept;
        },
        discard(entry) {
            list.remove(entry);
            onChange();
            kick();
        },
        kick,
        act,
        /** The connection is known to be gone before anything was sent. */
        lost: () => stopped({ kind: "retry" }),
        get state() {
            return state;
        },
    };
}
