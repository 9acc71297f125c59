// Shows what pasted articles mean while somebody types. Without it the button "Check" does the same.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector("[data-live-preview]");
  const form = box?.closest("form");
  const text = form?.querySelector("textarea[name=articles]");
  if (!text) return;
  let timer = 0;
  let asked = 0;

  const tell = (words) => {
    const line = document.createElement("p");
    line.className = "g-alarm";
    line.textContent = words;
    box.replaceChildren(line);
  };

  const refresh = async () => {
    const turn = ++asked;
    try {
      const response = await fetch(box.dataset.livePreview, { method: "POST", body: new FormData(form) });
      const answer = await response.text();
      if (turn !== asked) return;
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      box.innerHTML = answer;
    } catch {
      if (turn === asked) tell(box.dataset.failed);
    }
  };

  text.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(refresh, 300);
  });
});
