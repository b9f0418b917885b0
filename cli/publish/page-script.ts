/**
 * The script of access.html: it creates the rows that match the search, and their roles, opens the target of a link,
 * and opens every role for printing. Data becomes text, never HTML.
 */
export const PAGE_SCRIPT = script("", "");

/** The same with the counts of each channel. */
export const PAGE_SCRIPT_WITH_PEOPLE = script(", , people", ", people");

/**
 * @param element code that reads the counts from a channel of the data
 * @param property code that adds them to a row
 */
function script(element: string, property: string): string {
  const cell = property && ', ...(people ? [make("small", {}, people)] : [])';
  return `
"use strict";
const FIRST = 100;
const byId = (id) => document.getElementById(id);
const make = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};
const data = JSON.parse(byId("data").textContent);
const words = (capability) => capability.replaceAll("-", " ");
const capabilities = [...byId("capability").options].map(({ value }) => value).filter(Boolean);

const hasEnded = (until) => until !== undefined && Date.parse(until[0]) <= Date.now();
const roles = new Map();
const rows = data.environments.flatMap((environment) => {
  const { name, account, alias = "" } = environment;
  const own = (text) => text.replaceAll("\\u0000", account);
  return environment.roles.flatMap((index, number) => {
    const role = { until: {}, ...data.roles[index], environment, own, id: name + "-" + data.roles[index].access };
    role.can = role.can.filter((capability) => !hasEnded(role.until[capability]));
    roles.set(role.id, role);
    const arn = own(role.arn);
    role.name = arn.slice(arn.lastIndexOf("/") + 1);
    const channels = environment.channels.filter((channel) => channel[3] === number);
    const found = { environment: name.toLowerCase(), account: (account + " " + alias).toLowerCase() };
    return channels.length > 0
      ? channels.map(([called, workspace, channel${element}]) => ({ role, called${property}, where: workspace + " " + channel, found: { ...found, channel: ("#" + called + " " + workspace + " " + channel).toLowerCase() } }))
      : [{ role, found: { ...found, channel: role.name.toLowerCase() } }];
  });
});

const rowOf = ({ role, called, where${property} }) => {
  const { name, account, alias } = role.environment;
  return make("tr", { role: "row" },
    make("th", { role: "rowheader", scope: "row" }, name + " ", make("small", {}, alias ? account + " " + alias : account)),
    called === undefined
      ? make("td", { role: "cell" }, make("i", {}, "none in code"), " ", make("small", {}, "those configured by hand with " + role.name))
      : make("td", { role: "cell" }, make("b", {}, "#" + called), " ", make("small", {}, where)${cell}),
    make("td", { role: "cell", class: "access" }, make("a", { href: "#" + role.id }, role.access), ...(role.boundary ? [make("small", {}, "within a boundary")] : [])),
    ...capabilities.map((capability) => {
      const end = role.until[capability] ? (role.can.includes(capability) ? " until " : " ended at ") + role.until[capability][1] : "";
      const ends = end === "" ? [] : [make("small", {}, end)];
      return role.can.includes(capability)
        ? make("td", { role: "cell", class: "can yes", "data-can": words(capability) + end }, make("span", { "aria-hidden": "true" }, "✓"), make("span", { class: "said" }, "can"), ...ends)
        : make("td", { role: "cell", class: "can no" }, make("span", { "aria-hidden": "true" }, "–"), make("span", { class: "said" }, "can't"), ...ends);
    }));
};

const fill = (details) => {
  const role = roles.get(details.id);
  if (!role || details.children.length > 1) return;
  const { environment, own, arn, boundary, isAwsManaged, permissions, trust } = role;
  details.append(
    make("dl", {},
      make("dt", {}, "Role"), make("dd", {}, make("code", {}, own(arn))),
      make("dt", {}, "Account"), make("dd", {}, environment.account + ", " + environment.region),
      make("dt", {}, "Permissions boundary"), boundary ? make("dd", {}, make("code", {}, own(boundary)), ", which may take capabilities away") : make("dd", {}, "none")),
    make("h3", {}, "What people may do"),
    ...(isAwsManaged ? [make("p", {}, "This is AWS's own policy, as it was when this was published. AWS may change it.")] : []),
    make("pre", { tabindex: "0" }, own(data.policies[permissions])),
    make("h3", {}, "Who may assume the role"),
    make("pre", { tabindex: "0" }, own(data.policies[trust])));
};
const detailsOf = (role) => {
  if (!role.details) {
    role.details = make("details", { id: role.id }, make("summary", {}, role.environment.name + ": " + role.access));
    role.details.addEventListener("toggle", () => fill(role.details));
  }
  return role.details;
};

let limit = FIRST;
let matching = [];
const texts = ["channel", "account", "environment"].map(byId);
const capability = byId("capability");
const show = () => {
  const wanted = texts.map(({ id, value }) => [id, value.toLowerCase().split(/\\s+/).filter(Boolean)]);
  matching = rows.filter(({ role, found }) =>
    (!capability.value || role.can.includes(capability.value)) && wanted.every(([id, all]) => all.every((word) => found[id].includes(word))));
  const shown = matching.slice(0, limit);
  byId("rows").replaceChildren(...shown.map(rowOf));
  byId("roles").replaceChildren(...[...new Set(shown.map(({ role }) => role))].map(detailsOf));
  byId("more").hidden = matching.length <= limit;
  const isFiltered = capability.value !== "" || wanted.some(([, all]) => all.length > 0);
  document.querySelector(".filters").classList.toggle("filtered", isFiltered);
  const of = isFiltered ? matching.length + " of " + rows.length + " rows match" : rows.length + (rows.length === 1 ? " row" : " rows");
  byId("count").textContent = matching.length === 0 ? "Nothing matches." : of + (matching.length > limit ? ", the first " + limit + " are shown." : ".");
};
for (const one of [...texts, capability]) one.addEventListener("input", () => { limit = FIRST; show(); });
byId("more").addEventListener("click", () => {
  const first = limit;
  limit *= 10;
  show();
  byId("rows").children[first].querySelector("a").focus();
});

const open = () => {
  const role = roles.get(location.hash.slice(1));
  if (!role) return;
  const details = detailsOf(role);
  if (!details.isConnected) byId("roles").prepend(details);
  fill(details);
  details.open = true;
  details.querySelector("summary").focus();
};
addEventListener("hashchange", open);
addEventListener("click", ({ target }) => { if (target.closest("a[href^='#']")) setTimeout(open); });
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...byId("roles").children].filter((one) => !one.open);
  for (const one of closed) { fill(one); one.open = true; }
});
addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
for (const one of document.querySelectorAll(".scripted")) one.hidden = false;
show();
open();
`;
}
