/** What waits, and what was refused too late to be seen at once. */

export function element(className, text, tag = "span") {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
}

const clock = (iso) => new Date(iso).toLocaleTimeString("tr-TR", { hour: "2-digit", minute: "2-digit" });

function button(className, text, onClick) {
    const made = element(`btn ${className}`.trim(), text, "button");
    made.type = "button";
    made.onclick = onClick;
    return made;
}

export function createLists({ list, late, byId, texts, fill, icon, ask, onRemove, onSeen }) {
    function showQueue() {
        const entries = list.all();
        byId("queue-state").textContent = entries.length ? fill(texts.queueWaits, { count: entries.length }) : texts.queueEmpty;
        byId("queue-list").replaceChildren(...entries.map(queueItem));
    }

    function queueItem(entry, index) {
        const item = element("queue-item", "", "li");
        item.append(element("queue-text", entry.text || entry.action), element("muted", `${entry.title} · ${clock(entry.scanned_at)}`));
        if (entry.tries) item.append(element("muted", fill(texts.tries, { count: entry.tries })));
        // Only what a server could not take may be given up: it would block everything behind it.
        if (index === 0 && entry.failed) item.append(button("btn-danger", texts.remove, () => remove(entry)));
        return item;
    }

    async function remove(entry) {
        byId("queue-dialog").close();
        if (await ask(texts.removeSure, texts.remove)) onRemove(entry);
    }

    function showLate() {
        const items = late.all();
        byId("late").hidden = items.length === 0;
        byId("late-list").replaceChildren(...items.map(lateItem));
    }

    function lateItem(item) {
        const row = element("late-item", "", "li");
        const words = element("late-words", "", "div");
        words.append(
            element("late-code", item.text, "p"),
            element("late-message", item.message, "p"),
            element("muted", `${item.title} · ${fill(texts.late, { time: clock(item.scanned_at) })}`, "p"),
        );
        row.append(icon(item.outcome.toLowerCase()), words, button("", texts.seen, () => seen([item])));
        return row;
    }

    function seen(items) {
        items.forEach(late.remove);
        showLate();
        onSeen();
    }

    byId("late-dismiss-all").addEventListener("click", () => seen(late.all()));

    return { showQueue, showLate };
}
