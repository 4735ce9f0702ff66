import { join } from "node:path";
import { replaceFile } from "numgrad-program/files";
import { Html, html } from "numgrad-program/html";
import { messageOf, SweepError } from "../errors.js";
import type { Plan } from "../run/plan.js";
import { variedOptions } from "../sweep/trials.js";
import type { TrialResult } from "../trial/job.js";
import { lastResults, leaderboard, type Setting } from "./leaderboard.js";

/** Settings in the table of the report. */
const MOST_ROWS = 200;

/** The look of the main job's reports. */
const STYLE = new Html(`
:root { color-scheme: light dark; --text: #1f2328; --muted: #59636e; --line: #d8dde3; --card: #fff; --page: #f6f8fa; --accent: #0072b2; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --muted: #9198a1; --line: #30363d; --card: #0d1117; --page: #010409; --accent: #56b4e9; } }
body { max-width: 70rem; margin: 0 auto; padding: 2.5rem clamp(1rem, 4vw, 3rem); background: var(--page); color: var(--text); font: 1rem/1.6 Inter, "Helvetica Neue", Helvetica, Arial, sans-serif; }
h1 { margin: 0; font-size: clamp(1.6rem, 4vw, 2.4rem); line-height: 1.15; letter-spacing: -.02em; }
h2 { margin: 3rem 0 1rem; font-size: 1.25rem; }
.eyebrow { margin: 0 0 .5rem; color: var(--muted); font-size: .875rem; }
.card { overflow-x: auto; margin-bottom: 1.25rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
.dark { display: none; }
@media (prefers-color-scheme: dark) { .light { display: none; } .dark { display: inline; } }
img { max-width: 100%; height: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .5rem; border-top: 1px solid var(--line); text-align: left; }
thead th { border-top: 0; color: var(--muted); font-size: .8125rem; }
footer { margin-top: 3rem; color: var(--muted); font-size: .875rem; }
`);

/**
 * Writes the leaderboard, the figures and the report of a sweep into its folder.
 *
 * @throws {SweepError} if a file cannot be written.
 */
export async function writeReport(folder: string, plan: Plan, all: ReadonlyMap<string, TrialResult>): Promise<void> {
  const results = lastResults(plan, all);
  if (results.length === 0) return;
  const settings = leaderboard(results);
  // Vega takes a third of a second to load, so runs that are stopped early do not wait for it.
  const [{ figuresOf }, { renderSvg }] = await Promise.all([import("./figures.js"), import("numgrad-figures/node")]);
  const [light, dark] = [figuresOf(plan, settings, results, "light"), figuresOf(plan, settings, results, "dark")];
  try {
    const pictures: Html[] = [];
    for (const [name, spec] of light) {
      const [svg, darkSvg] = [await renderSvg(spec), await renderSvg(dark.get(name)!)];
      await replaceFile(join(folder, `${name}-light.svg`), svg);
      await replaceFile(join(folder, `${name}-dark.svg`), darkSvg);
      pictures.push(picture(String(spec.description), svg, darkSvg));
    }
    await replaceFile(join(folder, "leaderboard.json"), `${JSON.stringify(settings.map(rowOf), null, 1)}\n`);
    await replaceFile(join(folder, "report.html"), page(plan, settings, results, pictures));
  } catch (error) {
    throw new SweepError(`the report cannot be written, the results are kept: ${messageOf(error)}`);
  }
}

/** A setting in leaderboard.json. */
function rowOf({ options, rung, mean, least, most, diverged, results }: Setting): object {
  const [accuracy, smallest, largest] = [mean, least, most].map((value) => (Number.isNaN(value) ? null : value));
  return { options, rung, mean: accuracy, least: smallest, most: largest, diverged, trials: results.length };
}

function page(
  plan: Plan,
  settings: readonly Setting[],
  results: readonly TrialResult[],
  pictures: readonly Html[],
): string {
  const { sweep, trials, lengths } = plan;
  const names = variedOptions(sweep).map(([name]) => name);
  const diverged = results.filter(({ status }) => status === "diverged").length;
  const hours = results.reduce((sum, { seconds }) => sum + seconds, 0) / 3600;
  const length = lengths.map((rung) => ("epochs" in rung ? `${rung.epochs}` : `${rung.steps}`)).join(", ");
  const unit = "epochs" in lengths[0]! ? "epochs" : "steps";
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${sweep.name} · numgrad</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="eyebrow">numgrad · a sweep</p>
<h1>${sweep.name}</h1>
<p>${results.length} of ${trials.length} trials have results, ${diverged} of them diverged. Each was trained for ${length} ${unit};
${hours.toFixed(2)} hours of work in all. Seeds: ${sweep.seeds.slice(0, 20).join(", ")}.</p>
</header>
<main>
<h2>Figures</h2>
${pictures}
<h2>Leaderboard</h2>
<div class="card">${table(names, settings)}</div>
</main>
<footer><p>Beside this page: <code>results.jsonl</code> with every result, <code>leaderboard.json</code>, the figures as SVG, and
<code>sweep.json</code>.</p></footer>
</body>
</html>
`.text;
}

function table(names: readonly string[], settings: readonly Setting[]): Html {
  const percent = (value: number) => (Number.isNaN(value) ? "–" : `${(100 * value).toFixed(2)}%`);
  const heads = ["", ...names, "Test accuracy", "Least", "Most", "Trials", "Diverged"];
  const rows = settings.slice(0, MOST_ROWS).map(({ options, mean, least, most, results, diverged }, i) => {
    const values = names.map((name) => String((options as Record<string, unknown>)[name] ?? "–"));
    const cells = [i + 1, ...values, percent(mean), percent(least), percent(most), results.length, diverged];
    return html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`;
  });
  return html`<table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table>`;
}

function picture(alt: string, light: string, dark: string): Html {
  return html`<div class="card"><img class="light" src="${dataUrl(light)}" alt="${alt}"><img class="dark" src="${dataUrl(dark)}" alt="${alt}"></div>
`;
}

const dataUrl = (svg: string) => `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
