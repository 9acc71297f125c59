/* A form that sends something away (data-once): a second press while the first is on its way does nothing. */

for (const form of document.querySelectorAll("form[data-once]")) {
    let sent = false;
    form.addEventListener("submit", (event) => {
        if (sent) event.preventDefault();
        sent = true;
    });
    // The browser's back button brings the page up as it was left.
    window.addEventListener("pageshow", () => (sent = false));
}
