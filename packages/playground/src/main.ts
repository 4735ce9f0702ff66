// The page: two workers train, this shows what they report.
import { Answers, sentenceOf } from "./answers.js";
import { Card } from "./card.js";
import { Chart } from "./chart.js";
import { comparison } from "./comparison.js";
import { Controls } from "./controls.js";
import { drawAccuracies, drawLosses } from "./curves.js";
import { toImage } from "./digit.js";
import { find } from "./find.js";
import { Loading } from "./loading.js";
import { Pad } from "./pad.js";
import { Pair } from "./pair.js";
import { drawImage } from "./preview.js";
import type { Settings } from "./protocol.js";
import { countParameters } from "./settings.js";

/** Milliseconds between two pictures: soon enough to look live, and for those who want less motion. */
const SOON = 80;
const CALM = 1000;

const DATA = new URL("mnist/", document.baseURI).href;

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

// Written out twice: that is how Vite finds workers.
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
const said = find("#said", HTMLElement);
const compared = find("#comparison", HTMLElement);
const parameters = find("[data-value=parameters]", HTMLElement);
const preview = find("#preview", HTMLCanvasElement);

const controls = new Controls(find("#controls", HTMLFormElement), {
  run: () => (pair.isRunning ? pair.pause() : pair.start()),
  step: () => pair.step(),
  reset: (settings) => begin(settings),
  learningRate: (learningRate) => pair.setLearningRate(learningRate),
});

/** The image that is to be recognised, and its label if it has one. */
let image: Uint8Array | undefined;
let label: number | undefined;

let isScheduled = false;
let drawnAt = 0;

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

/** Draws soon, however much news there is. */
function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  const pause = stillness.matches && pair.isRunning ? CALM : SOON;
  setTimeout(() => requestAnimationFrame(render), drawnAt + pause - performance.now());
}

function render(): void {
  isScheduled = false;
  drawnAt = performance.now();
  controls.show({ isRunning: pair.isRunning, canTrain: pair.canTrain });
  for (const card of cards) card.draw();
  losses.draw(drawLosses(pair.both));
  accuracies.draw(drawAccuracies(pair.both));
  compared.textContent = comparison(pair);
  const probs = { numerical: image && pair.numerical.probs, backprop: image && pair.backprop.probs };
  answers.draw(probs);
  const sentence = image ? sentenceOf(probs, label) : "";
  // Readers of the screen hear each change.
  if (said.textContent !== sentence) said.textContent = sentence;
}
