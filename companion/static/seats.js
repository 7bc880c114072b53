// Dragging one official onto another opens the page that shows what the swap would do.
// Without script, and with the keyboard, the same page is reached through the team.
const board = document.querySelector("[data-seats]");

if (board) {
  let dragged = null;
  const seatOf = (target) => (target instanceof Element ? target.closest("[data-person]") : null);
  const differs = (seat) => seat && dragged && seat.dataset.challenge !== dragged.dataset.challenge;

  board.addEventListener("dragstart", (event) => {
    dragged = seatOf(event.target);
    event.dataTransfer?.setData("text/plain", dragged?.textContent ?? "");
  });
  board.addEventListener("dragover", (event) => {
    const seat = seatOf(event.target);
    if (differs(seat)) {
      event.preventDefault();
      seat.classList.add("is-drop-target");
    }
  });
  board.addEventListener("dragleave", (event) => {
    seatOf(event.target)?.classList.remove("is-drop-target");
  });
  board.addEventListener("drop", (event) => {
    const seat = seatOf(event.target);
    if (!differs(seat)) return;
    event.preventDefault();
    const asked = new URLSearchParams({
      challenge: seat.dataset.challenge,
      leaves: seat.dataset.person,
      comes: dragged.dataset.person,
    });
    window.location.assign(`${board.dataset.changeUrl}?${asked}`);
  });
}
