import { Html } from "numgrad-program/html";

/**
 * Style sheet of the report. Colours and fonts are those of the figures: backgrounds as on GitHub, blue and orange by
 * Okabe and Ito.
 */
export const STYLE = new Html(`
:root {
  color-scheme: light dark;
  --page: #f6f8fa; --card: #ffffff; --line: #d9dee4; --text: #1f2328; --muted: #59636e;
  --accent: #0072b2; --alert: #b34700; --alert-ground: #fff3ea; --bar: #9fc8e2;
  --some: #7db3d5; --all: #00426b; --on-weak: #000000; --on-strong: #ffffff;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --card: #151b23; --line: #2f3742; --text: #e6edf3; --muted: #9aa3ad;
    --accent: #56b4e9; --alert: #ff9d5c; --alert-ground: #2a1c12; --bar: #23506f;
    --some: #1f5580; --all: #54a8db; --on-weak: #ffffff; --on-strong: #000000;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.55 Inter, "Helvetica Neue", Helvetica, Arial, sans-serif;
}
body > * { max-width: 76rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 2.5rem); }
header { padding-block: clamp(2rem, 6vw, 4rem) 0; }
h1, h2, p, dl, dd, figure, ul { margin: 0; }
h1 { font-size: clamp(1.7rem, 1.2rem + 2.2vw, 2.6rem); line-height: 1.15; letter-spacing: -.02em; text-wrap: balance; }
h2 { font-size: 1.35rem; line-height: 1.25; letter-spacing: -.01em; }
h3 { margin: 0 0 .75rem; font-size: 1rem; line-height: 1.3; }
.eyebrow { margin-bottom: .75rem; color: var(--accent); font-size: .8125rem; font-weight: 600; letter-spacing: .06em; text-transform: uppercase; }
.lead { margin-top: 1rem; max-width: 60rem; color: var(--muted); font-size: 1.0625rem; }
.whole { white-space: nowrap; }
.notice { margin-top: 1.5rem; padding: .75rem 1rem; border-left: 4px solid var(--alert); background: var(--alert-ground); }
.notice strong { color: var(--alert); }
.tiles { display: grid; grid-template-columns: repeat(6, 1fr); gap: 1px; margin-top: 2rem;
  border: 1px solid var(--line); border-radius: 10px; overflow: hidden; background: var(--line); }
.tiles > div { display: flex; flex-direction: column; padding: 1rem 1.1rem; background: var(--card); }
.tiles dt { color: var(--muted); font-size: .8125rem; }
.tiles .value { font-size: 1.6rem; font-weight: 600; line-height: 1.3; letter-spacing: -.02em; white-space: nowrap; }
.tiles .note { color: var(--muted); font-size: .8125rem; line-height: 1.4; }
section { padding-top: clamp(2.5rem, 6vw, 4rem); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1.25rem; margin-top: 1.25rem; }
.card { min-width: 0; padding: clamp(.85rem, 3vw, 1.5rem); border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
.card.aside { display: grid; grid-template-columns: fit-content(46rem) minmax(14rem, 1fr); gap: 1.5rem 2rem; margin-top: 1.25rem; align-items: start; }
.card.lone { margin-top: 1.25rem; }
picture, picture img { display: block; }
picture img { max-width: 100%; height: auto; }
figcaption, caption { color: var(--muted); font-size: .875rem; line-height: 1.5; text-align: left; }
.card > figcaption { margin-top: 1.1rem; }
.aside > figcaption { margin-top: 0; }
figcaption p + p { margin-top: .75rem; }
figcaption strong, caption strong, figcaption td { color: var(--text); font-weight: 600; }
caption { padding-bottom: .75rem; }
table + table { margin-top: 1.75rem; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .5rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-top: 0; color: var(--muted); font-size: .8125rem; font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 600; }
.number { text-align: right; }
td.number { white-space: nowrap; }
.pairs th { width: 38%; color: var(--muted); font-weight: 400; }
.pairs td { overflow-wrap: anywhere; }
.share { position: relative; min-width: 4.5rem; }
.share::before { content: ""; position: absolute; inset: .3rem auto .3rem 0; width: var(--share); border-radius: 3px; background: var(--bar); }
.share span { position: relative; padding-left: .35rem; }
.matrix { table-layout: fixed; border-collapse: separate; border-spacing: 2px; font-size: .875rem; }
.matrix th, .matrix td { padding: 0; border: 0; height: 2.4em; text-align: center; vertical-align: middle; }
.matrix th { color: var(--muted); font-size: .8125rem; font-weight: 600; }
.matrix thead tr:first-child th { height: 1.6em; font-weight: 400; }
.matrix .corner { width: 3.4em; font-weight: 400; font-size: .8125rem; }
.matrix td { border-radius: 3px; }
.matrix .weak, .matrix .strong {
  --few: color-mix(in oklab, var(--some) min(100%, 2 * var(--p)), var(--card));
  background: color-mix(in oklab, var(--all) max(0%, 2 * var(--p) - 100%), var(--few));
}
.matrix .weak { color: var(--on-weak); }
.matrix .strong { color: var(--on-strong); }
.matrix td.none { color: var(--muted); background: none; }
.matrix .corner { background: none; }
.scroll { overflow: auto; max-height: 50rem; }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 3px; }
details { max-width: 46rem; margin-top: 1rem; font-size: .9375rem; }
summary { width: fit-content; color: var(--accent); cursor: pointer; }
details[open] summary { margin-bottom: .75rem; }
code { font: .9em ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
footer { padding-block: clamp(2.5rem, 6vw, 4rem) 2.5rem; color: var(--muted); font-size: .875rem; }
@media (max-width: 60em) {
  .card.aside { grid-template-columns: minmax(0, 1fr); }
  .tiles { grid-template-columns: repeat(3, 1fr); }
}
@media (max-width: 40em) {
  th, td { padding-inline: .3rem; }
  .matrix { border-spacing: 1px; font-size: .6875rem; }
  .matrix .corner { width: 3em; }
  .matrix th, .matrix .corner { font-size: .6875rem; }
  picture img { width: 100%; max-width: 26rem; }
  .tiles { grid-template-columns: repeat(2, 1fr); }
  .tiles .value { font-size: 1.4rem; }
}
@media print {
  :root { color-scheme: light; }
  body { background: none; font-size: .8125rem; }
  h1, h2, h3, summary, caption, .eyebrow { break-after: avoid; }
  figure, picture, tr { break-inside: avoid; }
  thead { display: table-header-group; }
  details:not([open]) { display: none; }
  .scroll { max-height: none; }
  .card, .tiles { break-inside: avoid; }
  td, .share::before, .notice { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`);
