// How far a paper is: asks every second until it is ready, then shows the page again with the file.
"use strict";

(() => {
  const root = document.querySelector(".pp-waiting");
  const bar = root && root.querySelector("progress");
  if (!bar) return;
  const status = root.querySelector(".lb-status");
  const late = root.querySelector(".pp-late");
  const SECOND = 1000;
  const PATIENCE = 20;
  let asked = 0;

  const ask = async () => {
    const response = await fetch(root.dataset.progress);
    if (!response.ok) throw new Error(String(response.status));
    const found = await response.json();
    if (found.state !== "WAITING" && found.state !== "RUNNING") {
      window.location.reload();
      return false;
    }
    status.textContent = found.words;
    bar.max = found.of || 1;
    bar.value = found.done;
    asked += 1;
    late.hidden = found.state !== "WAITING" || asked < PATIENCE;
    return true;
  };

  const again = async () => {
    let more = true;
    try {
      more = await ask();
    } catch {
      status.textContent = root.dataset.lost;
    }
    if (more) window.setTimeout(again, SECOND);
  };

  window.setTimeout(again, SECOND);
})();
