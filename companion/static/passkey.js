// A passkey is made or asked for by the browser: the one thing here that cannot work without script.

const form = document.querySelector("form[data-passkey]");
const missing = document.querySelector("[data-passkey-missing]");
const can = window.PublicKeyCredential?.parseCreationOptionsFromJSON !== undefined;

if (form && can) {
  if (missing) missing.hidden = true;
  form.addEventListener("submit", async (event) => {
    const answer = form.elements.answer;
    if (answer.value) return;
    event.preventDefault();
    const options = JSON.parse(form.dataset.options);
    try {
      const made = form.dataset.passkey === "create"
        ? await navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
        })
        : await navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
        });
      answer.value = JSON.stringify(made.toJSON());
    } catch {
      // Cancelled, or no key on this device: the server says what to do.
      answer.value = "{}";
    }
    form.submit();
  });
}
