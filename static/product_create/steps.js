/**
 * Any step of the guided page: the cursor stands where there is something to do, and what was typed is not lost without
 * a question.
 */

const form = document.getElementById("pc-form");

/** What the address names: a field by its id or its name, or the first one inside of what has that id. */
function named() {
    let name = "";
    try {
        name = decodeURIComponent(location.hash.slice(1));
    } catch {
        return null;
    }
    if (!name) return null;
    const place = document.getElementById(name) ?? document.querySelector(`[name="${CSS.escape(name)}"]`);
    const fields = "input:not([type=hidden]):enabled, select, textarea";
    return place?.matches(`${fields}, [tabindex]`) ? place : (place?.querySelector(fields) ?? null);
}

function toFill() {
    const wrong = document.querySelector("[aria-invalid=true]");
    if (wrong) return wrong;
    const alarm = document.querySelector(".lb-error");
    const near = alarm?.closest(".lb-field, td, section, fieldset")?.querySelector("input, select, textarea");
    return near ?? named() ?? form?.querySelector("[data-first]") ?? form?.querySelector("input:not([type=hidden]):enabled, select, textarea");
}

if (form) {
    let changed = false;
    let leaving = false;
    toFill()?.focus();
    form.addEventListener("input", () => (changed = true));
    document.addEventListener("submit", () => (leaving = true));
    document.addEventListener("keydown", (event) => {
        const stay = document.querySelector("[form=pc-form][name=stay]");
        if (!stay || event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
        event.preventDefault();
        form.requestSubmit(stay);
    });
    window.addEventListener("beforeunload", (event) => {
        if (changed && !leaving) event.preventDefault();
    });
}

for (const field of document.querySelectorAll("textarea[data-count]")) {
    const line = document.getElementById("pc-count");
    const count = () => {
        line.textContent = line.dataset.words.replace("{count}", field.value.length).replace("{most}", field.dataset.count);
    };
    field.addEventListener("input", count);
    count();
}
