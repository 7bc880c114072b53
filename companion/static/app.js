// Comfort only: every page works without this file.

// Save what is typed while it is typed; keep it in the browser when the server cannot be reached.
for (const form of document.querySelectorAll("form[data-autosave-url]")) {
  const said = form.querySelector("[data-autosave-status]") ?? addStatus(form);
  let timer = 0;
  const save = async () => {
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    try {
      const answer = await fetch(form.dataset.autosaveUrl, { method: "POST", body, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const result = await answer.json();
      said.textContent = result.message ?? "下書きを保存しました。";
    } catch {
      said.textContent = "下書きを保存できません。送信の前に、通信とサインインの状態を確かめてください。";
    }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 1500); });
  form.addEventListener("submit", () => clearTimeout(timer));
}

function addStatus(form) {
  const said = document.createElement("p");
  said.className = "hint autosave";
  said.setAttribute("role", "status");
  form.append(said);
  return said;
}

// Follow a piece of long work.
for (const box of document.querySelectorAll("[data-progress-url]")) {
  const bar = box.querySelector("progress");
  const said = box.querySelector("[data-progress-message]");
  const look = async () => {
    try {
      const state = await (await fetch(box.dataset.progressUrl, { credentials: "same-origin" })).json();
      if (bar) bar.value = state.percent;
      if (said && said.textContent !== state.message) said.textContent = state.message;
      if (state.done_url) { location.assign(state.done_url); return; }
    } catch { /* the next look may succeed */ }
    setTimeout(look, 1000);
  };
  look();
}

// Show a field only while another has a value: data-show-when="name=value".
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

// The first thing to read after a refused form is what was wrong.
document.getElementById("error-summary")?.focus();
