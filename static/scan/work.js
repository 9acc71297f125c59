/** The work area: replaced by what the server sends, without losing what a person has begun in it. */

const FIELDS = "input:not([type=hidden]):not([type=submit]), select, textarea";

/** The work area in an answer, which may be the area alone or a whole page. */
function parse(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    return page.getElementById("work") ?? page.body;
}

/** The sentence of an answer. */
export function messageIn(html) {
    return parse(html).querySelector(".answer-message")?.textContent.trim() ?? "";
}

const nameOf = (node) => node.id || [node.form?.dataset.action, node.name, node.type === "radio" ? node.value : ""].join("/");

/** Differs from what the server sent. */
function changed(node) {
    if (node.matches("[type=checkbox], [type=radio]")) return node.checked !== node.defaultChecked;
    if (!node.matches("select")) return node.value !== node.defaultValue;
    const preset = [...node.options].findIndex((option) => option.defaultSelected);
    return node.selectedIndex !== Math.max(0, preset);
}

export function createWork({ root, onSwap, focus }) {
    const fields = () => [...root.querySelectorAll(FIELDS)];
    let shown = root.innerHTML;

    /** Typed values, opened parts, scroll positions and the focus. `sentForm` was accepted and starts anew. */
    function remember(sentForm) {
        const keeps = (node) => !(sentForm && node.form === sentForm);
        const active = root.contains(document.activeElement) ? document.activeElement : null;
        const typing = active?.matches(FIELDS) && keeps(active);
        return {
            values: new Map(fields().filter((node) => changed(node) && keeps(node)).map((node) => [nameOf(node), node])),
            open: [...root.querySelectorAll("details[id][open]")].map((node) => node.id),
            sideways: [...root.querySelectorAll("[id]")].filter((node) => node.scrollLeft).map((node) => [node.id, node.scrollLeft]),
            focus: typing ? { name: nameOf(active), start: active.selectionStart } : null,
            top: window.scrollY,
        };
    }

    function restore(before) {
        for (const node of fields()) {
            const had = before.values.get(nameOf(node));
            if (!had) continue;
            if (node.matches("[type=checkbox], [type=radio]")) node.checked = had.checked;
            else node.value = had.value;
        }
        for (const id of before.open) document.getElementById(id)?.setAttribute("open", "");
        for (const [id, left] of before.sideways) document.getElementById(id)?.scrollTo({ left, behavior: "instant" });
        window.scrollTo({ top: before.top, behavior: "instant" });
        const target = before.focus && fields().find((node) => nameOf(node) === before.focus.name);
        if (!target) {
            focus();
            return;
        }
        target.focus({ preventScroll: true });
        if (typeof before.focus.start === "number") target.setSelectionRange(before.focus.start, before.focus.start);
    }

    return {
        swap(html, { sentForm = null, keepAnswer = false } = {}) {
            const before = remember(sentForm);
            const answer = keepAnswer ? root.querySelector(".answer") : null;
            shown = html;
            root.replaceChildren(...parse(html).childNodes);
            if (answer && !root.querySelector(".answer")) {
                answer.classList.add("answer-old");
                root.prepend(answer);
            }
            root.classList.remove("work-stale");
            onSwap();
            restore(before);
        },
        /** Somebody has begun to fill something in. */
        begun: () => fields().some(changed),
        get shown() {
            return shown;
        },
    };
}
