// A button that copies the text before it: <div data-copy>.
for (const source of document.querySelectorAll("[data-copy]")) {
  if (!source.textContent.trim()) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button";
  button.textContent = "コピーする";
  const said = document.createElement("span");
  said.className = "hint";
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      said.textContent = " コピーしました";
    } catch {
      // Without https the clipboard is closed to pages: mark the text, the keyboard copies it.
      getSelection().selectAllChildren(source);
      said.textContent = " 選択しました。Ctrl+C でコピーしてください";
    }
  });
  source.after(button, said);
}
