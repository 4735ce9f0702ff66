// The page. Two workers train the networks; this program shows their reports.
import { Answers, sentenceOf } from "./answers.js";
import { Card } from "./card.js";
import { Chart } from "./chart.js";
import { comparison } from "./comparison.js";
import { Controls, countParameters } from "./controls.js";
import { drawAccuracies, drawLosses } from "./curves.js";
import { toImage } from "./digit.js";
import { find } from "./find.js";
import { Loading } from "./loading.js";
import { drawImage, Pad } from "./pad.js";
import { Pair } from "./pair.js";
import type { Settings } from "./protocol.js";

/** Milliseconds between two drawings: short enough to look live, and the time for users who want less motion. */
const LIVE = 80;
const CALM = 1000;

const DATA = new URL("mnist/", document.baseURI).href;

const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

// The call is written twice, because Vite finds workers by its literal text.
const pair = new Pair(
  [
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "central differences" }),
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "backpropagation" }),
  ],
  {
    changed: () => schedule(),
    loading: (file, loaded) => loading.show(file, loaded),
    loaded: () => ready(),
    image: (image, label) => recognise(image, label),
    failed: (message) => {
      controls.enable(false);
      loading.fail(message);
    },
  },
);

const loading = new Loading();
const cards = pair.both.map((contender) => new Card(contender));
const losses = new Chart(find("#losses", SVGSVGElement));
const accuracies = new Chart(find("#accuracies", SVGSVGElement), (y) => `${Math.round(100 * y)} %`);
const answers = new Answers(find("#answers", HTMLElement));
const sentenceElement = find("#said", HTMLElement);
const comparisonElement = find("#comparison", HTMLElement);
const parameters = find("[data-value=parameters]", HTMLElement);
const preview = find("#preview", HTMLCanvasElement);

const controls = new Controls(find("#controls", HTMLFormElement), {
  run: () => (pair.isRunning ? pair.pause() : pair.start()),
  step: () => pair.step(),
  reset: (settings) => begin(settings),
  learningRate: (learningRate) => pair.setLearningRate(learningRate),
});

/** The image to recognise, and its label, if it has one. */
let image: Uint8Array | undefined;
let label: number | undefined;

let isScheduled = false;
let renderedAt = 0;

const pad = new Pad(
  find("#pad", HTMLCanvasElement),
  find("#paper", HTMLElement),
  find("#cursor", HTMLElement),
  (strokes) => recognise(toImage(strokes)),
);
find("#clear", HTMLButtonElement).addEventListener("click", () => pad.clear());
find("#draw", HTMLButtonElement).addEventListener("click", () => pair.numerical.draw());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const card of cards) card.redraw();
});

pair.load(DATA);
render();

function ready(): void {
  loading.end();
  controls.enable(true);
  for (const button of document.querySelectorAll(".drawing button")) button.removeAttribute("disabled");
  begin(controls.settings);
}

function begin(settings: Settings): void {
  parameters.textContent = countParameters(settings.hiddenSize).toLocaleString("en-US");
  pair.reset(settings);
}

function recognise(newImage: Uint8Array | undefined, newLabel?: number): void {
  image = newImage;
  label = newLabel;
  if (newLabel !== undefined && newImage) pad.show(newImage);
  drawImage(preview, newImage);
  pair.recognise(newImage);
}

/** Plans a drawing, unless one is planned. So much news at a time leads to one drawing. */
function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  const pause = reducedMotion.matches && pair.isRunning ? CALM : LIVE;
  setTimeout(() => requestAnimationFrame(render), renderedAt + pause - performance.now());
}

function render(): void {
  isScheduled = false;
  renderedAt = performance.now();
  controls.show({ isRunning: pair.isRunning, canTrain: pair.canTrain });
  for (const card of cards) card.draw();
  losses.draw(drawLosses(pair.both));
  accuracies.draw(drawAccuracies(pair.both));
  comparisonElement.textContent = comparison(pair);
  const probs = { numerical: image && pair.numerical.probs, backprop: image && pair.backprop.probs };
  answers.draw(probs);
  const sentence = image ? sentenceOf(probs, label) : "";
  // Screen readers read each change aloud.
  if (sentenceElement.textContent !== sentence) sentenceElement.textContent = sentence;
}
