// Choosing a paper: ticks by mouse and keyboard, how many there are, and only the questions of the paper chosen.
"use strict";

(() => {
  const form = document.querySelector(".pp-page");
  if (!form) return;
  const list = form.querySelector(".pp-list");
  const choice = form.querySelector(".pp-choice");
  const chosen = form.querySelector(".pp-chosen");
  const everything = form.querySelector("[name=everything]");
  const ticks = list ? [...list.querySelectorAll("[name=entry]")] : [];
  let last = null;

  const count = () => {
    if (choice) choice.disabled = Boolean(everything && everything.checked);
    const number = ticks.filter((tick) => tick.checked).length;
    chosen.textContent = choice && !choice.disabled ? `${chosen.dataset.words} ${number}` : "";
  };
  const ticked = { all: () => true, none: () => false, turn: (tick) => !tick.checked };
  const set = (how) => {
    ticks.forEach((tick) => { tick.checked = ticked[how](tick); });
    count();
  };
  const move = (step) => {
    const next = ticks[ticks.indexOf(document.activeElement) + step];
    if (next) next.focus();
  };

  const keys = (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
      event.preventDefault();
      set(event.shiftKey ? "none" : "all");
    }
  };

  const clicked = (event) => {
    const tick = event.target;
    if (tick.name !== "entry") return;
    if (event.shiftKey && last && last !== tick) {
      const [from, to] = [ticks.indexOf(last), ticks.indexOf(tick)].sort((a, b) => a - b);
      ticks.slice(from, to + 1).forEach((one) => { one.checked = tick.checked; });
    }
    last = tick;
    count();
  };

  const show = () => {
    const kind = form.querySelector("[name=kind]:checked");
    form.querySelectorAll("[data-for]").forEach((part) => {
      part.hidden = Boolean(kind) && !part.dataset.for.split(" ").includes(kind.value);
    });
  };

  // Enter searches where something is searched for; elsewhere it would throw the ticks away.
  const enter = (event) => {
    const field = event.target;
    const single = field.tagName === "INPUT" && !["submit", "button"].includes(field.type);
    if (event.key === "Enter" && single && field.name !== "search") event.preventDefault();
  };

  if (list) {
    list.addEventListener("keydown", keys);
    list.addEventListener("click", clicked);
    list.addEventListener("change", count);
  }
  form.querySelectorAll("[data-tick]").forEach((button) => {
    button.addEventListener("click", () => set(button.dataset.tick));
  });
  form.addEventListener("keydown", enter);
  form.querySelectorAll("[name=kind]").forEach((radio) => radio.addEventListener("change", show));
  if (everything) everything.addEventListener("change", count);
  show();
  count();
})();
