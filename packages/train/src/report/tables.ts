import type { Matrix } from "numgrad";
import type { Mistake } from "numgrad-predictions";
import { type Content, type Html, html } from "numgrad-program/html";
import { formatDuration } from "../summary.js";
import type { Measured } from "./evaluations.js";

/**
 * Per cent of the strongest colour from which on the other colour of text is easier to read: both have a contrast of
 * 4.5 there.
 */
const STRONG = 74;

/** Names and their values. */
export type Pairs = readonly (readonly [name: string, value: Content])[];

export function count(n: number): string {
  return n.toLocaleString("en-US");
}

/** "1 step", "2 steps". */
export function counted(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
}

export function percent(fraction: number, digits: number): string {
  return `${(100 * fraction).toFixed(digits)}%`;
}

/** A table of names and values. */
export function pairsTable(caption: string, pairs: Pairs): Html {
  const rows = pairs.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`);
  return html`<table class="pairs"><caption><strong>${caption}</strong></caption>
<tbody>
${rows}</tbody></table>`;
}

/** The confusion matrix in colours and numbers. */
export function confusionTable({ shape, data }: Matrix, caption: Html): Html {
  const [classes] = shape;
  const numbers = Array.from({ length: classes }, (_, i) => i);
  const rows = numbers.map((actual) => {
    const row = data.subarray(actual * classes, (actual + 1) * classes);
    const total = row.reduce((sum, value) => sum + value, 0);
    const cells = Array.from(row, (value) => confusionCell(value, value / total));
    return html`<tr><th scope="row">${actual}</th>${cells}</tr>\n`;
  });
  return html`<table class="matrix"><caption>${caption}</caption>
<thead><tr><td class="corner"></td><th scope="colgroup" colspan="${classes}">taken for</th></tr>
<tr><th class="corner" scope="col">actual</th>${numbers.map((number) => html`<th scope="col">${number}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table>`;
}

/**
 * The colour grows with the square root of the share, as in the figure, because the errors of a good network are few.
 */
function confusionCell(value: number, share: number): Html {
  if (value === 0) return html`<td class="none">0</td>`;
  const heat = Math.round(100 * Math.sqrt(share));
  return html`<td class="${heat < STRONG ? "weak" : "strong"}" style="--p:${heat}%">${value}</td>`;
}

/** The accuracy of each class, and the class for which its images are mistaken most often. */
export function classesTable({ shape, data }: Matrix, caption: Html): Html {
  const [classes] = shape;
  const rows = Array.from({ length: classes }, (_, label) => {
    const row = data.subarray(label * classes, (label + 1) * classes);
    const total = row.reduce((sum, value) => sum + value, 0);
    const right = row[label]!;
    const wrong = row.map((value, predicted) => (predicted === label ? 0 : value));
    const most = Math.max(...wrong);
    const accuracy =
      total === 0
        ? html`<td>–</td>`
        : html`<td class="share" style="--share:${percent(right / total, 1)}"><span>${percent(right / total, 1)}</span></td>`;
    const confused = most === 0 ? "–" : `${wrong.indexOf(most)} (${count(most)}×)`;
    return html`<tr><th scope="row">${label}</th>${accuracy}<td class="number">${count(total)}</td><td class="number">${confused}</td></tr>\n`;
  });
  return html`<table><caption>${caption}</caption>
<thead><tr><th scope="col">Class</th><th scope="col">Right</th><th class="number" scope="col">Images</th><th class="number" scope="col">Most often taken for</th></tr></thead>
<tbody>
${rows}</tbody></table>`;
}

/** The accuracies of the run, and the times at which they were measured. */
export function evaluationsTable(evaluations: readonly Measured[]): Html {
  const row = ({ step, epoch, trainAccuracy, testAccuracy, time }: Measured) => {
    const cells = [
      count(step),
      count(Math.floor(epoch)),
      percent(trainAccuracy, 2),
      testAccuracy === undefined ? "–" : percent(testAccuracy, 2),
      Number.isNaN(time) ? "–" : formatDuration(time),
    ];
    return html`<tr>${cells.map((cell) => html`<td class="number">${cell}</td>`)}</tr>\n`;
  };
  const heads = ["After step", "Epoch", "Training", "Test", "Time"];
  return html`<table><caption>Steps count from 0. The last row is the network as it was left; the time is what the run had worked by then.</caption>
<thead><tr>${heads.map((head) => html`<th class="number" scope="col">${head}</th>`)}</tr></thead>
<tbody>
${evaluations.map(row)}</tbody></table>`;
}

/** The mistakes of the figure, as text. */
export function mistakesTable(mistakes: readonly Mistake[]): Html {
  const row = ({ index, label, predicted, probability }: Mistake) =>
    html`<tr><td class="number">${index}</td><td class="number">${label}</td><td class="number">${predicted}</td><td class="number">${percent(probability, 2)}</td></tr>\n`;
  const heads = ["Test image", "Label", "Taken for", "Probability"];
  return html`<table><caption>In the order of the sheet. Images count from 0.</caption>
<thead><tr>${heads.map((head) => html`<th class="number" scope="col">${head}</th>`)}</tr></thead>
<tbody>
${mistakes.map(row)}</tbody></table>`;
}
