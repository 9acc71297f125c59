/**
 * The scan box owns the keyboard. What a scanner types lands in it wherever the focus was, Enter or Tab finishes it,
 * and Enter never presses a button. People reach buttons with Tab and press them with the space bar.
 */

// Faster than fingers: a scanner types a character every 1 to 30 ms, a quick typist every 70 to 120 ms.
const BURST_GAP_MS = 60;
const BURST_LENGTH = 4;
// Out of a field of a form only what has the length of a shelf code or more is taken.
const STOLEN_LENGTH = 6;
const STOLEN_PAUSE_MS = 250;
const AFTER_SCAN_MS = 350;

const TEXT_TYPES = new Set(["text", "search", "number", "tel", "url", "email", "password", "date", "datetime-local", "time"]);

export function createInput({ box, form, settings, onScan, onBlocked, onEnterOnButton }) {
    let lastScan = -Infinity;
    let lastInput = -Infinity;
    let fast = false;
    let suffixTimer = 0;
    let burst = null;
    let dialogText = "";
    let dialogAt = -Infinity;

    const isEditable = (node) =>
        node instanceof HTMLElement &&
        node !== box &&
        (node.isContentEditable || node.matches("textarea, select") || (node.matches("input") && TEXT_TYPES.has(node.type)));
    const openDialog = () => document.querySelector("dialog[open]");
    const isCharacter = (event) => event.key.length === 1 && (!event.ctrlKey || event.getModifierState("AltGraph")) && !event.metaKey;

    function focus() {
        if (!box || openDialog() || isEditable(document.activeElement)) return;
        box.focus({ preventScroll: true });
    }

    /** A box that had the focus while a dialog closed looks as if it had it, but Chromium types nothing into it. */
    function refocus() {
        if (document.activeElement === box) box.blur();
        focus();
    }

    /** Everything that can end a scan comes here once. */
    function finish(text = box.value) {
        clearTimeout(suffixTimer);
        box.value = "";
        fast = false;
        lastScan = performance.now();
        // Scanners may send the end mark inside the text as well; what is between stays untouched for the server.
        for (const part of text.split(/[\r\n]+/)) {
            const scan = part.replace(/^\s+|\s+$/g, "");
            if (scan) onScan(scan);
        }
    }

    function onBoxKey(event) {
        if (event.key === "Enter") {
            event.preventDefault();
            finish();
        } else if (event.key === "Tab" && !event.shiftKey) {
            const justScanned = performance.now() - lastScan < AFTER_SCAN_MS;
            if (box.value.trim() || justScanned) event.preventDefault();
            if (box.value.trim()) finish();
        } else if (event.key === "Escape") {
            box.value = "";
        }
    }

    /** In a field of a form people type slowly. A scan that lands there is taken out again and worked on as a scan. */
    function onFieldKey(event) {
        const field = event.target;
        // When the key was pressed, not when this busy device came to it.
        const now = event.timeStamp;
        if (isCharacter(event)) {
            if (!burst || burst.field !== field || now - burst.last > STOLEN_PAUSE_MS) {
                burst = { field, before: field.value, text: "", first: now, last: now };
            }
            burst.text += event.key;
            burst.last = now;
            return;
        }
        if (event.key !== "Enter" && event.key !== "Tab") return;
        if (isScan(field, now)) {
            event.preventDefault();
            event.stopPropagation();
            field.value = burst.before;
            const { text } = burst;
            burst = null;
            finish(text);
        } else if (event.key === "Enter" && !field.matches("textarea")) {
            event.preventDefault();
            nextControl(field)?.focus();
        }
    }

    const isScan = (field, now) =>
        box &&
        burst?.field === field &&
        field.dataset.wedge !== "keep" &&
        now - burst.last < STOLEN_PAUSE_MS &&
        burst.text.length >= STOLEN_LENGTH &&
        (burst.last - burst.first) / (burst.text.length - 1) < BURST_GAP_MS;

    function nextControl(field) {
        const controls = [...(field.form?.elements ?? [])].filter((node) => !node.disabled && node.type !== "hidden");
        return controls[controls.indexOf(field) + 1] ?? box;
    }

    /** While a question is open nothing is scanned, and a scanner's Enter must not answer it. */
    function onDialogKey(event) {
        if (isEditable(event.target)) return;
        const now = performance.now();
        if (now - dialogAt > AFTER_SCAN_MS) dialogText = "";
        if (isCharacter(event) && (event.key !== " " || dialogText)) {
            event.preventDefault();
            dialogText += event.key;
            dialogAt = now;
        } else if ((event.key === "Enter" || event.key === "Tab") && dialogText) {
            event.preventDefault();
            event.stopPropagation();
            dialogText = "";
            onBlocked();
        }
    }

    function onElsewhereKey(event) {
        const control = event.target.closest?.("button, a[href], summary, input, select");
        const quiet = performance.now() - lastScan > AFTER_SCAN_MS;
        if (event.key === "Enter") {
            if (control?.matches("a[href], summary") && quiet) return;
            event.preventDefault();
            if (control?.matches("button, input") && quiet) onEnterOnButton?.();
        } else if (event.key === "Tab" && !quiet) {
            event.preventDefault();
            focus();
        } else if (isCharacter(event) && !(event.key === " " && control)) {
            // The character itself goes to whatever has the focus after this.
            focus();
        }
    }

    document.addEventListener(
        "keydown",
        (event) => {
            if (event.isComposing || event.altKey && !event.getModifierState("AltGraph")) return;
            if (openDialog()) onDialogKey(event);
            else if (event.target === box) onBoxKey(event);
            else if (isEditable(event.target)) onFieldKey(event);
            else onElsewhereKey(event);
        },
        true,
    );

    function onInput(event) {
        const now = performance.now();
        const together = (event.data?.length ?? 0) >= BURST_LENGTH;
        fast = together || (box.value.length <= 1 ? true : fast && now - lastInput < BURST_GAP_MS);
        lastInput = now;
        clearTimeout(suffixTimer);
        const wait = Number(settings.get("suffix"));
        // Only for scanners that send no end mark, and never for fingers.
        if (wait && fast && box.value.trim().length >= BURST_LENGTH) suffixTimer = setTimeout(finish, wait);
    }

    function onPaste(event) {
        const text = event.clipboardData?.getData("text") ?? "";
        if (!/[\r\n]/.test(text)) return;
        event.preventDefault();
        finish(box.value + text);
    }

    if (box) {
        box.addEventListener("input", onInput);
        box.addEventListener("paste", onPaste);
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            finish();
        });
        box.addEventListener("blur", () => setTimeout(() => document.activeElement === document.body && focus(), 0));
        document.addEventListener("click", (event) => {
            if (!event.target.closest?.("dialog, input, select, textarea, label") && !String(getSelection())) focus();
        });
        document.addEventListener("change", (event) => {
            if (!isEditable(event.target) || event.target.matches("select")) setTimeout(focus, 0);
        });
        document.addEventListener("close", () => setTimeout(refocus, 0), true);
        window.addEventListener("focus", () => focus());
        window.addEventListener("pageshow", () => focus());
        document.addEventListener("visibilitychange", () => document.hidden || focus());
    }

    return {
        focus,
        finish,
        /** Phones: show or hide the keyboard on the screen for the scan box. */
        keyboard(shown) {
            box.inputMode = shown ? "text" : "none";
            box.blur();
            box.focus();
        },
        /** Somebody is in the middle of something that a refresh would disturb. */
        busy: () => Boolean(box?.value || openDialog() || isEditable(document.activeElement)),
    };
}
