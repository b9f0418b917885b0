/** What access.html does: filters by typing, opens what a link leads to, and opens everything on paper. */
export const PAGE_SCRIPT = `
"use strict";
const rows = [...document.querySelectorAll("tbody tr")];
const all = [...document.querySelectorAll("details")];
const filter = document.getElementById("filter");
const show = () => {
  const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const row of rows) row.hidden = !words.every((word) => row.dataset.text.includes(word));
  const shown = rows.filter((row) => !row.hidden).length;
  document.getElementById("count").textContent = words.length === 0 ? "" : shown + " of " + rows.length;
  document.getElementById("none").hidden = shown > 0;
};
const open = () => {
  const one = document.getElementById(location.hash.slice(1));
  if (one && all.includes(one)) one.open = true;
};
filter.addEventListener("input", show);
filter.closest("[hidden]").hidden = false;
addEventListener("hashchange", open);
addEventListener("click", ({ target }) => { if (target.closest("a[href^='#']")) setTimeout(open); });
open();
let closed = [];
addEventListener("beforeprint", () => { closed = all.filter((one) => !one.open); for (const one of closed) one.open = true; });
addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
`;
