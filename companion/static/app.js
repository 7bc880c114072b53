// Comfort only: every page works without this file and its neighbours.

// The first thing to read after a refused form is what was wrong. This file stands alone, so that
// the reader is there before the other modules have arrived.
document.getElementById("error-summary")?.focus();
