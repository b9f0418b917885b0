/** How access.html looks: in light and dark, on a phone and on paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --muted: #57606a; --ground: #ffffff; --panel: #f6f8fa; --line: #d0d7de; --link: #0550ae; --yes: #116329; --yes-ground: #dafbe1; --gives: #953800; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --muted: #9aa4af; --ground: #0d1117; --panel: #161b22; --line: #30363d; --link: #79c0ff; --yes: #7ee787; --yes-ground: #12301c; --gives: #ffb77c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 80rem; padding: 1.5rem; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
header p { color: var(--muted); margin: 0; max-width: 60rem; }
a { color: var(--link); }
small { color: var(--muted); display: block; font-size: .85em; font-weight: normal; }
.filters { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: .5rem 1rem; }
.filters p { margin: 0; }
.filters input, .filters select, button { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--muted); border-radius: 6px; padding: .35rem .6rem; }
.filters label { display: block; font-weight: 600; }
.filters input, .filters select { width: 100%; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
#count { color: var(--muted); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .5rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { background: var(--panel); vertical-align: bottom; }
.access { white-space: nowrap; }
.can { text-align: center; }
thead .can { font-weight: 600; font-size: .85rem; min-width: 5.5rem; }
.yes { color: var(--yes); background: var(--yes-ground); font-weight: 700; }
.no { color: var(--muted); }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
details { border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; padding: .5rem .75rem; }
summary { cursor: pointer; font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--panel); border-radius: 6px; padding: .75rem; overflow-x: auto; font-size: .85rem; }
.gives::marker { content: "+ "; font-weight: 700; }
.takes::marker { content: "− "; }
.gives b { color: var(--gives); }
[hidden] { display: none !important; }
@media (max-width: 45rem) {
  body { padding: 1rem; }
  .scroll { border: 0; }
  [role="table"] thead { position: absolute; clip-path: inset(50%); }
  [role="table"] :is(tbody, tr, th, td) { display: block; }
  [role="table"] tbody tr { border: 1px solid var(--line); border-radius: 8px; margin-bottom: .75rem; padding: .5rem .75rem; }
  [role="table"] tbody :is(th, td) { border: 0; padding: .15rem 0; }
  [role="table"] td.no { position: absolute; clip-path: inset(50%); }
  [role="table"] td.yes { display: inline-block; background: none; text-align: left; margin-right: .75rem; }
  td.yes small { display: none; }
  td.yes::after { content: " " attr(data-can); color: var(--text); font-weight: normal; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; }
}
@media print {
  :root { --text: #000; --muted: #444; --ground: #fff; --panel: #fff; --line: #999; --link: #000; --yes: #000; --yes-ground: #eee; --gives: #000; }
  body { max-width: none; padding: 0; font-size: 9pt; }
  .filters:not(.filtered), button { display: none; }
  .scroll { overflow: visible; }
  tr, details { break-inside: avoid; }
  pre { white-space: pre-wrap; }
}
`;
