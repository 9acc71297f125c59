// How far something is (`data-progress`: where to ask): asks again and again until it is over, then shows the page anew.
"use strict";

(() => {
  const root = document.querySelector("[data-progress]");
  const bar = root && root.querySelector("progress");
  if (!bar) return;
  const status = root.querySelector(".lb-status");
  const late = root.querySelector("[data-late]");
  const PAUSE = Number(root.dataset.pause || 1) * 1000;
  const PATIENCE = 20;
  let before = "";
  let still = 0;

  const over = () => {
    // Not while somebody types: what is new can wait for the next click.
    if (document.activeElement?.matches("input, select, textarea")) root.hidden = true;
    else window.location.reload();
  };

  const show = (found) => {
    status.textContent = found.words;
    bar.max = found.of || 1;
    bar.value = found.done;
    still = found.words === before ? still + 1 : 0;
    before = found.words;
    // `data-late`: the only state whose words it explains; empty: any.
    late.hidden = still < PATIENCE || (late.dataset.late && late.dataset.late !== found.state);
  };

  const ask = async () => {
    const response = await fetch(root.dataset.progress);
    if (!response.ok) throw new Error(String(response.status));
    const found = await response.json();
    if (found.state === "WAITING" || found.state === "RUNNING") {
      show(found);
      return true;
    }
    over();
    return false;
  };

  const again = async () => {
    let more = true;
    try {
      more = await ask();
    } catch {
      status.textContent = root.dataset.lost;
    }
    if (more) window.setTimeout(again, PAUSE);
  };

  window.setTimeout(again, PAUSE);
})();
