// The live preview beside a label template: asks for a sample of the form as it stands.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector("[data-preview]");
  const form = document.querySelector("#labeltemplate_form");
  if (!box || !form) return;
  const image = box.querySelector("img");
  const problem = box.querySelector(".lb-error");
  let timer = 0;
  let asked = 0;

  const refresh = async () => {
    const turn = ++asked;
    const data = new URLSearchParams(new FormData(form));
    data.delete("csrfmiddlewaretoken");
    if (box.dataset.pk) data.set("pk", box.dataset.pk);
    const address = `${box.dataset.preview}?${data}`;
    const response = await fetch(address);
    if (turn !== asked) return;
    const failed = !response.ok;
    problem.hidden = !failed;
    problem.textContent = failed ? await response.text() : "";
    if (!failed) image.src = address;
    image.hidden = failed && !image.src;
  };

  const soon = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(refresh, 300);
  };

  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  refresh();
});
