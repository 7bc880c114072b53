// Show a field only while another has a value: data-show-when="name=value|value".
for (const part of document.querySelectorAll("[data-show-when]")) {
  const [name, wanted] = part.dataset.showWhen.split("=");
  const form = part.closest("form");
  if (!form) continue;
  const update = () => {
    const values = new FormData(form).getAll(name);
    part.hidden = !values.some((value) => wanted.split("|").includes(value));
  };
  form.addEventListener("change", update);
  update();
}
