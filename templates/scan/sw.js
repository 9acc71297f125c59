/* Service worker of the scan pages. It keeps the frame (scripts, styles, icons, the page for no connection) and
   nothing else: no work area, no answer, nothing that belongs to a person. Whatever is not a page load or a file of
   the frame goes straight to the network. */
const settings = {{ settings_json|safe }};
const CACHE = `gullu-scan-${settings.version}`;
const PAGE_TIMEOUT_MS = 10000;

self.addEventListener("install", (event) => {
    event.waitUntil(fill().then(() => self.skipWaiting()));
});

async function fill() {
    const cache = await caches.open(CACHE);
    await cache.addAll(settings.files.map((url) => new Request(url, { cache: "reload" })));
    // Asked for without cookies: the page must not know anybody.
    const page = await fetch(settings.offline, { credentials: "omit", cache: "reload" });
    if (!page.ok || page.redirected) throw new Error(`offline page: ${page.status}`);
    await cache.put(settings.offline, page);
}

self.addEventListener("activate", (event) => {
    event.waitUntil(dropOld().then(() => self.clients.claim()));
});

async function dropOld() {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("gullu-scan-") && name !== CACHE).map((name) => caches.delete(name)));
}

self.addEventListener("fetch", (event) => {
    const { request } = event;
    if (request.method !== "GET") return;
    const url = new URL(request.url);
    if (url.origin !== self.location.origin) return;
    if (request.mode === "navigate") {
        if (url.pathname.startsWith(settings.scope)) event.respondWith(page(request));
    } else if (settings.files.includes(url.pathname) || url.pathname === settings.reader) {
        event.respondWith(settings.hashed ? file(request) : freshFile(request));
    }
});

async function page(request) {
    try {
        const response = await Promise.race([fetch(request), tooLate()]);
        if (![502, 503, 504].includes(response.status)) return response;
    } catch {
        // no connection, or one that does not answer
    }
    return (await (await caches.open(CACHE)).match(settings.offline)) ?? Response.error();
}

const tooLate = () => new Promise((_, reject) => setTimeout(() => reject(new Error("too late")), PAGE_TIMEOUT_MS));

/** Names with a hash never change what they mean. */
async function file(request) {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(request);
    if (kept) return kept;
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
}

async function freshFile(request) {
    const cache = await caches.open(CACHE);
    try {
        const response = await fetch(request);
        if (response.ok) await cache.put(request, response.clone());
        return response;
    } catch {
        return (await cache.match(request)) ?? Response.error();
    }
}
