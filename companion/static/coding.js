// Coding by keyboard: digits tick tags, Enter saves and goes on, J and K turn the pages.
const form = document.querySelector("[data-coding]");
const typing = (target) =>
  target.closest("textarea, select, input:not([type=checkbox]):not([type=radio])");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (event.key === "Enter" && form && !event.target.closest("a, button, summary, input[type=radio]")) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (target) {
    event.preventDefault();
    target.click();
  }
});
for (const button of document.querySelectorAll("[data-fill]")) {
  const field = document.getElementById(button.dataset.fill);
  button.hidden = !field;
  button.addEventListener("click", () => {
    field.value = document.querySelector("blockquote.pre").textContent;
    field.focus();
  });
}
