// Leads to what is to be mended, and asks before what was typed is left behind. The form works without it.
const form = document.getElementById("plan-form");
const mend = document.querySelector(".mend");
let changed = form.querySelector(".item") !== null && !new URLSearchParams(location.search).has("from");
let sent = false;

form.addEventListener("input", () => { changed = true; });
form.addEventListener("submit", () => { sent = true; });
addEventListener("beforeunload", (leaving) => { if (changed && !sent) leaving.preventDefault(); });
mend?.focus();
