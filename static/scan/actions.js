/**
 * Buttons, forms, questions and papers of the work area.
 *
 * <button type="button" data-action="park" data-text="NO_STOCK" data-field-quantity="2" data-confirm="Sure?">
 * <form data-action="report"> … <button type="submit">, every field is sent
 * data-queue: keep it like a scan when there is no connection. data-confirm-yes: words of the dangerous button.
 * <a href="label.pdf" data-print> prints without leaving the page; data-print="auto" by itself, once per address.
 * data-print-zpl="label.zpl" is taken instead on devices with a label printer.
 */

const PRINTED = "scan.printed";
const PRINTED_KEPT = 60;

export function createActions({ root, dialog, texts, settings, area, run, toast, input, tell, warn }) {
    const question = dialog.querySelector("#confirm-text");
    const yes = dialog.querySelector("#confirm-yes");
    const no = dialog.querySelector("#confirm-no");
    const warning = dialog.querySelector("#confirm-warning");
    const yesWord = yes.textContent;
    let busy = false;

    /** Resolves to true only for the button that says yes. Escape, Enter and a stray scan say no or nothing. */
    function ask(text, word) {
        question.textContent = text;
        yes.textContent = word || yesWord;
        warning.hidden = true;
        dialog.showModal();
        no.focus();
        return new Promise((resolve) => {
            const end = (answer) => {
                yes.onclick = no.onclick = dialog.onclose = null;
                if (dialog.open) dialog.close();
                resolve(answer);
            };
            yes.onclick = () => end(true);
            no.onclick = () => end(false);
            dialog.onclose = () => end(false);
        });
    }

    /** A scan came while the question was open. */
    function blocked() {
        warning.hidden = false;
        warn(texts.answerFirst);
    }

    function fieldsOfButton(button) {
        return [...button.attributes]
            .filter(({ name }) => name.startsWith("data-field-"))
            .map(({ name, value }) => [name.slice("data-field-".length).replaceAll("-", "_"), value]);
    }

    function fieldsOfForm(form, submitter) {
        const fields = [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
        if (submitter?.name) fields.push([submitter.name, submitter.value]);
        return fields;
    }

    async function start(element, { action, text, fields, form }) {
        if (busy) {
            toast(texts.actionBusy);
            return;
        }
        const source = element.dataset.confirm ? element : (form ?? element);
        if (source.dataset.confirm && !(await ask(source.dataset.confirm, source.dataset.confirmYes))) {
            input.focus();
            return;
        }
        busy = true;
        element.setAttribute("aria-busy", "true");
        try {
            await run({ action, text, fields, form, keep: "queue" in (form ?? element).dataset });
        } finally {
            busy = false;
            element.removeAttribute("aria-busy");
        }
    }

    document.addEventListener("click", (event) => {
        const print = event.target.closest?.("a[data-print]");
        if (print) {
            event.preventDefault();
            printPaper(addressOf(print));
            return;
        }
        const button = event.target.closest?.("button[data-action], a[data-action]");
        if (!button || !root.contains(button) || button.disabled) return;
        event.preventDefault();
        const text = button.dataset.text ?? "";
        start(button, { action: button.dataset.action, text, fields: fieldsOfButton(button) });
    });

    root.addEventListener("submit", (event) => {
        const form = event.target.closest("form[data-action]");
        if (!form) return;
        event.preventDefault();
        if (!form.checkValidity()) {
            form.querySelector(":invalid")?.focus();
            form.reportValidity();
            warn(texts.fillIn);
            return;
        }
        const submitter = event.submitter ?? form.querySelector("[type=submit]") ?? form;
        const fields = fieldsOfForm(form, event.submitter);
        const action = event.submitter?.dataset.action ?? form.dataset.action;
        start(submitter, { action, fields, form });
    });

    document.addEventListener("click", (event) => {
        if (event.target.closest?.("[data-close]")) event.target.closest("dialog")?.close();
    });

    // --- papers -------------------------------------------------------------------------------------------------

    function frame() {
        document.querySelector(".print-frame")?.remove();
        const made = document.createElement("iframe");
        made.className = "print-frame";
        made.tabIndex = -1;
        made.setAttribute("aria-hidden", "true");
        made.title = "";
        document.body.append(made);
        return made;
    }

    function addressOf(link) {
        return (settings.get("printer") === "zpl" && link.dataset.printZpl) || link.href;
    }

    async function load(href) {
        const response = await fetch(href, { credentials: "same-origin", redirect: "manual" });
        if (!response.ok) throw new Error(String(response.status));
        // A copy in memory: the server forbids framing its own addresses.
        return URL.createObjectURL(await response.blob());
    }

    function printFromFrame(address) {
        const made = frame();
        made.onload = () => {
            made.contentWindow.focus();
            made.contentWindow.print();
            input.focus();
        };
        made.src = address;
    }

    /** What the device does with a .zpl file (hand it to the label printer) is its own setting. */
    function save(address, name) {
        const link = document.createElement("a");
        link.href = address;
        link.download = name;
        link.click();
        input.focus();
    }

    /** PCs print from a hidden frame; phones, which show no PDF in a frame, open it in a tab. ZPL is a file. */
    async function printPaper(href) {
        tell("scan:print", { href });
        const zpl = new URL(href, location.href).pathname.endsWith(".zpl");
        if (!zpl && !(navigator.pdfViewerEnabled && matchMedia("(pointer: fine)").matches)) {
            const opened = window.open(href, "scan-print");
            if (!opened) toast(texts.printFailed, true);
            input.focus();
            return;
        }
        try {
            const address = await load(href);
            if (zpl) save(address, href.split("/").at(-1));
            else printFromFrame(address);
            setTimeout(() => URL.revokeObjectURL(address), 60000);
        } catch {
            toast(texts.printFailed, true);
            warn(texts.printFailed);
        }
    }

    /** After an answer: papers that print themselves, each address once on this device. */
    function printNew() {
        const links = [...root.querySelectorAll('a[data-print="auto"]')];
        if (!links.length) return;
        const printed = JSON.parse(area.getItem(PRINTED) ?? "[]");
        for (const link of links) {
            const address = link.dataset.printKey ?? link.getAttribute("href");
            if (printed.includes(address)) continue;
            printed.push(address);
            if (settings.get("print")) printPaper(addressOf(link));
        }
        area.setItem(PRINTED, JSON.stringify(printed.slice(-PRINTED_KEPT)));
    }

    /** Forms are checked by us, so that what is missing is heard as well as seen. */
    function prepare() {
        for (const form of root.querySelectorAll("form[data-action]")) form.noValidate = true;
    }

    return { ask, blocked, printNew, prepare };
}
