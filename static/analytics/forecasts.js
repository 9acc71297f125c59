// How far the forecast under way is: asks every two seconds; when it is over, the page is shown anew.
"use strict";

(() => {
  const root = document.querySelector("[data-forecast-progress]");
  if (!root) return;
  const bar = root.querySelector("progress");
  const status = root.querySelector(".lb-status");
  const late = root.querySelector(".fc-late");
  const PAUSE = 2000;
  const PATIENCE = 30;
  let before = "";
  let still = 0;

  const show = (found) => {
    status.textContent = found.words;
    bar.max = found.of || 1;
    bar.value = found.done;
    still = found.words === before ? still + 1 : 0;
    before = found.words;
    late.hidden = still < PATIENCE;
  };

  const again = async () => {
    try {
      const response = await fetch(root.dataset.forecastProgress);
      if (!response.ok) throw new Error(String(response.status));
      const found = await response.json();
      if (found.over) {
        // Not while somebody types a search: the new numbers can wait for the next click.
        if (document.activeElement?.matches("input, select")) root.hidden = true;
        else window.location.reload();
        return;
      }
      show(found);
    } catch {
      status.textContent = root.dataset.lost;
    }
    window.setTimeout(again, PAUSE);
  };

  window.setTimeout(again, PAUSE);
})();
