// The badge, then the PIN, then begin: the scanner's Enter leads on to the PIN instead of sending half a form.
const form = document.getElementById("badge-form");
const badge = document.getElementById("badge");
const pin = document.getElementById("pin");
const keys = document.getElementById("keys");

keys.hidden = false;
// With large keys on the screen a phone's own keyboard would only hide them.
pin.inputMode = "none";

badge.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" && event.key !== "Tab") return;
  if (event.shiftKey || !badge.value) return;
  event.preventDefault();
  pin.focus();
});

keys.addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]")?.dataset.key;
  if (!key) return;
  if (key === "clear") pin.value = "";
  else if (key === "back") pin.value = pin.value.slice(0, -1);
  else if (pin.value.length < pin.maxLength) pin.value += key;
});

// A badge scanned while the PIN is awaited is somebody else's: it takes the place of the first one.
pin.addEventListener("input", () => {
  if (/^\s*\d*$/.test(pin.value)) return;
  badge.value = "";
  pin.value = "";
  badge.focus();
});

form.addEventListener("submit", () => {
  form.querySelector("button[type=submit]").disabled = true;
});
// Coming back with the back button brings up a page that may be used again.
window.addEventListener("pageshow", () => {
  form.querySelector("button[type=submit]").disabled = false;
  form.reset();
  badge.focus();
});
