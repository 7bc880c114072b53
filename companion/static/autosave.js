// Save what is typed while it is typed: <form data-autosave-url>. While the server cannot be
// reached, or no longer knows who is there, the text is kept in this tab, for the same person, for
// a day at most; it goes away with the next save, with the record itself, with signing out in any
// tab, and with the tab: a machine that others use keeps nothing.
const PREFIX = "companion-draft:", DAY = 24 * 60 * 60 * 1000, PAUSE = 1500;
const OWN = new Set(["csrf_token", "form_key", "version", "seen"]);
const who = document.querySelector(".site-person")?.textContent ?? "";
const key = (form) => {
  const { pathname, search } = new URL(form.dataset.autosaveUrl, location.href);
  return PREFIX + pathname + search;
};

// Storage may be switched off or full; then there is simply no second net.
function keep(name, value) {
  try { sessionStorage.setItem(name, JSON.stringify(value)); return true; } catch { return false; }
}
function kept(name) {
  try { return JSON.parse(sessionStorage.getItem(name)); } catch { return null; }
}
function drop(wanted) {
  try {
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith(PREFIX) && wanted(kept(name))) sessionStorage.removeItem(name);
    }
  } catch { /* nothing was kept */ }
}

function typed(form) {
  return [...new FormData(form)].filter(([name, value]) => !OWN.has(name) && typeof value === "string");
}

function keepTyped(form, sent = false) {
  return keep(key(form), { who, key: key(form), at: Date.now(), path: location.pathname, sent, pairs: typed(form) });
}

function fill(form, pairs) {
  const values = new Map();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  for (const control of form.elements) {
    if (!control.name || OWN.has(control.name) || ["hidden", "file", "submit"].includes(control.type)) continue;
    const left = values.get(control.name) ?? [];
    if (control.type === "checkbox" || control.type === "radio") control.checked = left.includes(control.value);
    else if (left.length) control.value = left.shift();
  }
  for (const part of form.querySelectorAll("details")) part.open = true;
  form.dispatchEvent(new Event("change"));
  form.dispatchEvent(new Event("input"));
}

function offer(form, text) {
  const box = document.createElement("div");
  box.className = "notice notice--warning";
  const words = document.createElement("p");
  words.textContent = "前回、保存できなかった入力がこの端末に残っています。";
  const line = document.createElement("p");
  const add = (label, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--secondary";
    button.textContent = label;
    button.addEventListener("click", () => { act(); box.remove(); });
    line.append(button, " ");
  };
  add("入力を戻す", () => fill(form, text.pairs));
  add("消す", () => sessionStorage.removeItem(key(form)));
  box.append(words, line);
  form.before(box);
}

function status(form) {
  const made = document.createElement("p");
  made.className = "hint autosave";
  made.setAttribute("role", "status");
  form.append(made);
  return made;
}

// Anybody else's, and what is a day old, is not shown but removed.
// What was sent has arrived when the answer says so, or when it comes back to be corrected.
const saidDone = document.querySelector(".notice--success, [data-saved]");
const cameBack = document.querySelector("#error-summary, [data-came-back]");
drop((text) => !text || Date.now() - text.at > DAY || (who && text.who !== who)
  || (text.sent && (saidDone || (cameBack && text.path === location.pathname))));
const otherTabs = new BroadcastChannel("companion-sign-out");
otherTabs.addEventListener("message", () => drop(() => true));
for (const leave of document.querySelectorAll("form[data-sign-out]")) {
  leave.addEventListener("submit", () => { drop(() => true); otherTabs.postMessage("out"); });
}

for (const form of document.querySelectorAll("form[data-autosave-url]")) {
  const said = form.querySelector("[data-autosave-status]") ?? status(form);
  const text = kept(key(form));
  if (text) offer(form, text);
  let timer = 0, sending = null;
  const save = async () => {
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    sending?.abort();
    sending = new AbortController();
    try {
      const answer = await fetch(form.dataset.autosaveUrl, {
        method: "POST", body, credentials: "same-origin", signal: sending.signal,
        headers: { "X-CSRFToken": body.get("csrf_token") ?? "" },
      });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const told = await answer.json();
      said.textContent = told.message ?? "下書きを保存しました。";
      // What this window has saved is no other window's change.
      if (told.seen && form.elements.seen) form.elements.seen.value = told.seen;
      said.classList.remove("autosave--failed");
      drop((one) => one?.key === key(form));
    } catch (error) {
      if (error.name === "AbortError") return; // something newer is on its way
      const here = keepTyped(form);
      said.textContent = "下書きをサーバーに保存できません。" + (here ? "この端末に残しました。" : "")
        + "送信の前に、通信とサインインの状態を確かめてください。";
      said.classList.add("autosave--failed");
    }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, PAUSE); });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    // A draft that arrives after its record would come back as a draft.
    sending?.abort();
    keepTyped(form, true);
  });
}
