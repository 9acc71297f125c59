/**
 * How a model stands on the marketplace: while something is under way the part that changes is asked for again. Ticks and
 * the focus stay where they are; without this file the page is loaded again by hand.
 */

const form = document.getElementById("st-form");
const live = form.querySelector("[data-live]");
const status = form.querySelector("[data-status]");
const words = form.dataset;
const SOON_MS = 4000;
const LATER_MS = 20000;
const SOON_TIMES = 30;
// A person had Trendyol asked: the answer may change what seemed settled.
const LOOKS = words.asked === "yes" ? 5 : 0;
let mark = "";
let asked = 0;

function swap(html) {
    const ticked = new Set([...live.querySelectorAll("[name=variant]:checked")].map((tick) => tick.value));
    const focused = live.contains(document.activeElement) ? document.activeElement : null;
    const { name, value, href } = focused ?? {};
    live.innerHTML = html;
    for (const tick of live.querySelectorAll("[name=variant]")) tick.checked = ticked.has(tick.value);
    const again = name
        ? live.querySelector(`[name="${name}"][value="${CSS.escape(value)}"]`)
        : [...live.querySelectorAll("a")].find((link) => link.href === href);
    if (focused) again?.focus();
}

async function ask() {
    const response = await fetch(words.state);
    if (!response.ok || response.redirected) throw new Error(String(response.status));
    const found = await response.json();
    if (mark && found.mark !== mark) swap(found.html);
    // The page is younger than the first answer: it may differ already.
    if (!mark) swap(found.html);
    mark = found.mark;
    const more = found.renews || asked + 1 < LOOKS;
    status.textContent = more ? words.asking : "";
    return more;
}

async function again() {
    let more = true;
    if (!document.hidden) {
        try {
            more = await ask();
        } catch {
            status.textContent = words.lost;
        }
    }
    asked += 1;
    if (more) window.setTimeout(again, asked < SOON_TIMES ? SOON_MS : LATER_MS);
}

if (words.renews === "yes" || LOOKS) {
    status.textContent = words.asking;
    window.setTimeout(again, SOON_MS);
}
