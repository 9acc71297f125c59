/* Loads the page again while something on it is still being worked on ([data-renew]: seconds). Nobody types there. */
const waiting = document.querySelector("[data-renew]");
if (waiting) {
    setTimeout(() => location.reload(), Number(waiting.dataset.renew) * 1000);
}
