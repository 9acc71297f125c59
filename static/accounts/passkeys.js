// Joins the passkey button of a page to allauth's functions: data-form names the one the page needs. Without JavaScript,
// or in a browser without passkeys, what is marked data-passkey stays hidden, and the other ways remain.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const show = (mark) => document.querySelectorAll(`[${mark}]`).forEach((one) => (one.hidden = false));
  if (!window.PublicKeyCredential || !window.isSecureContext) {
    show("data-no-passkey");
    return;
  }
  show("data-passkey");
  const button = document.getElementById("passkey-button");
  const credential = button.form.elements.credential.id;
  const ids = {
    login: button.id,
    add: button.id,
    authenticate: button.id,
    passwordless: "id_passwordless",
    credential,
    data: "js_data",
  };
  window.allauth.webauthn.forms[button.dataset.form]({ ids });
  document.addEventListener("allauth.error", (event) => {
    // Closing the browser's question is no mistake, but the person must see that nothing happened.
    event.preventDefault();
    show("data-passkey-error");
  });
});
