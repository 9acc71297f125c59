/** Counts the characters of a text: <textarea data-counter data-left="… %(count)s …" data-over="… %(count)s …" maxlength>. */

function show(area, words) {
    const left = Number(area.dataset.counter) - area.value.length;
    const text = left < 0 ? area.dataset.over : area.dataset.left;
    words.textContent = text.replace("%(count)s", String(Math.abs(left)));
    words.classList.toggle("g-counter-over", left < 0);
}

for (const area of document.querySelectorAll("textarea[data-counter]")) {
    const words = document.createElement("span");
    words.className = "g-note g-counter";
    words.setAttribute("role", "status");
    area.after(words);
    area.addEventListener("input", () => show(area, words));
    show(area, words);
}
