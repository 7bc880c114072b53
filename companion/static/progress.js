// Follow a piece of long work: {state, percent, message, done_url} from data-progress-url.
const USUAL = 1000, LONGEST = 15000;

for (const box of document.querySelectorAll("[data-progress-url]")) {
  const bar = box.querySelector("progress");
  const said = box.querySelector("[data-progress-message]");
  const say = (words) => { if (said && words && said.textContent !== words) said.textContent = words; };
  let pause = USUAL;
  const look = async () => {
    try {
      const answer = await fetch(box.dataset.progressUrl, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const state = await answer.json();
      pause = USUAL;
      if (bar) bar.value = state.percent;
      say(state.message);
      if (state.done_url) { location.assign(state.done_url); return; }
    } catch {
      // The work goes on without us; ask less and less often.
      pause = Math.min(pause * 2, LONGEST);
      say("進み具合を確認できません。処理は続いています。通信とサインインの状態を確かめてください。");
    }
    setTimeout(look, pause);
  };
  look();
}
