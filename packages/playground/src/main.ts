// The page. Two workers train the networks; this program shows their reports.

import { Drawings } from "./drawings.js";
import { find, setText } from "./elements.js";
import { keepForOffline } from "./offline/keep.js";
import { UrlState } from "./state/url-state.js";
import { AgreementView } from "./training/agreement-view.js";
import { Answers, sentenceOf } from "./training/answers.js";
import { Card } from "./training/card.js";
import { Charts } from "./training/charts.js";
import { comparison, imagesOf, threadsOf } from "./training/comparison.js";
import { ConfusionView } from "./training/confusion-view.js";
import { Controls, countParameters } from "./training/controls.js";
import { toImage } from "./training/digit.js";
import { embeddedFiles } from "./training/embedded-data.js";
import { FileButtons } from "./training/file-buttons.js";
import { LayerView } from "./training/layer-view.js";
import { Loading } from "./training/loading.js";
import { drawImage, Pad } from "./training/pad.js";
import { Pair } from "./training/pair.js";
import type { LabelledImage, Params, Part, Settings } from "./training/protocol.js";
import { startWorker } from "./training/start-worker.js";
import { WeightView } from "./training/weight.js";
import { DescentView } from "./views/descent.js";
import { showDifferences } from "./views/differences.js";
import { showHeader } from "./views/language-switch.js";
import { showLesson } from "./views/lesson.js";
import { showPageTexts } from "./views/page-texts.js";
import { showPresentation } from "./views/presentation.js";
import { showThreeWeights } from "./views/three-weights.js";

/** Milliseconds between two drawings for users who want less motion. */
const CALM = 1000;

const DATA = new URL("mnist/", document.baseURI).href;

const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

const state = new UrlState(location.search, (search) => history.replaceState(null, "", `${search}${location.hash}`));
const texts = showHeader(find("#intro", HTMLElement), find("#parts", HTMLElement), state);
showPageTexts(document, texts);
const reveal = showPresentation(find("#parts", HTMLElement), state, texts);
const differences = showDifferences(find("#differences", HTMLElement), state, texts);
const descent = new DescentView(find("#descent", HTMLElement), state, texts);
const restartToy = showThreeWeights(find("#toy", HTMLElement), state, texts);

const pair = new Pair([startWorker("central differences"), startWorker("backpropagation")], {
  changed: () => planDrawing(),
  loading: (file, loaded) => loading.show(file, loaded),
  loaded: (part) => ready(part),
  image: (found) => showTestImage(found),
  failed: (failure) => {
    // The page works with the first images, too.
    if (failure.part === "all" && pair.available === "first") return loading.stop();
    controls.enable(false);
    for (const button of testImages) button.disabled = true;
    loading.fail(failure);
  },
});

const weightView = new WeightView(find("#weight", HTMLElement), state, texts, ({ pixel, unit }) =>
  pair.numerical.probeWeight(pixel, unit - 1),
);
/** Goes to a part of the page after its controls have been set. The browser's button Back leads back from there. */
function goTo(part: string, set: () => void): () => void {
  return () => {
    set();
    state.flush();
    history.pushState(null, "", part);
    const element = find(part, HTMLElement);
    reveal(element);
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ behavior: reducedMotion.matches ? "auto" : "smooth" });
  };
}
// The address that comes back has the settings of before; those of now hold.
addEventListener("popstate", () => state.flush());

showLesson(find("#lesson", HTMLElement), texts, {
  secant: goTo("#differences", () => differences.choose("sin(x)", 1, 1)),
  order: goTo("#differences", () => differences.choose("sin(x)", 1, 0.01)),
  rounding: goTo("#differences", () => differences.choose("sin(x)", 1, 1e-12)),
  rate: goTo("#descent", () => descent.choose("valley", 1.05)),
  count: goTo("#toy", restartToy),
  digits: goTo("#weight", () => {
    controls.takeBook();
    weightView.choose({ pixel: 406, unit: 1 });
  }),
  both: goTo("#training", () => controls.takeBook()),
});

const loading = new Loading(texts);
const cards = pair.both.map((contender) => new Card(contender, texts));
const charts = new Charts(pair, state, texts);
const answers = new Answers(find("#answers", HTMLElement));
const sentenceElement = find("#said", HTMLElement);
const comparisonElement = find("#comparison", HTMLElement);
const threadsElement = find("#threads", HTMLElement);
const imagesElement = find("#images", HTMLElement);
const formula = find("[data-value=formula]", HTMLElement);
const preview = find("#preview", HTMLCanvasElement);

const layer = new LayerView(find("#layer", HTMLElement), state, texts, weightView.choice.unit - 1, (unit) =>
  weightView.chooseUnit(unit + 1),
);
const agreement = new AgreementView(find("#agreement", HTMLElement), texts, (isSeen) =>
  pair.numerical.compareGradients(isSeen),
);
const drawing = find(".drawing", HTMLElement);
const confusion = new ConfusionView(find("#confusion", HTMLElement), texts, (reading) => {
  pair.numerical.draw(reading);
  drawing.scrollIntoView({ block: "nearest" });
});
const clear = find("#clear", HTMLButtonElement);
/** The buttons that show a test image: any, or one that is read wrong. */
const testImages = [find("#draw", HTMLButtonElement), find("#draw-wrong", HTMLButtonElement)] as const;

const controls = new Controls(find("#controls", HTMLFormElement), state, texts, {
  run: () => (pair.isRunning ? pair.pause() : pair.start()),
  step: () => pair.step(),
  reset: (settings) => begin(settings),
  learningRate: (learningRate) => pair.setLearningRate(learningRate),
});

const files = new FileButtons(texts, {
  save: () => pair.numerical.save(),
  load: (params) => begin(controls.takeNetwork(params.b1.length), params),
});

/** The label of the image to recognise, if it has one. */
let label: number | undefined;
/** Whether there was no test image as wanted. */
let isMissing = false;

/** Whether the buttons show a run that is going on. */
let showsRun = false;

const drawn = [showRun, () => charts.draw(), showNetworks, showComparisons];
const drawings = new Drawings(drawn, () => (reducedMotion.matches && pair.isRunning ? CALM : 0));

const pad = new Pad(
  find("#pad", HTMLCanvasElement),
  find("#paper", HTMLElement),
  find("#cursor", HTMLElement),
  (strokes) => recognise(toImage(strokes)),
);
clear.addEventListener("click", () => pad.clear());
testImages[0].addEventListener("click", () => pair.numerical.draw("any"));
testImages[1].addEventListener("click", () => pair.numerical.draw("wrong"));

pair.load(DATA, embeddedFiles());
texts.follow(() => {
  for (const draw of drawn) draw();
});
// Parts that nobody has seen are not up to date. Paper shows all of them.
addEventListener("beforeprint", () => texts.change(texts.strings));

/** The images are there: the first ones, with which a run can begin, or all. A run that has begun keeps its images. */
function ready(part: Part): void {
  if (part === "all") loading.end();
  // The page has all its programs now, so what the browser keeps does not delay them.
  if (part === "first") keepForOffline();
  controls.enable(true);
  for (const button of testImages) button.disabled = false;
  if (controls.hasBegun) drawings.plan();
  else begin(controls.settings);
  const { pixel, unit } = weightView.choice;
  pair.numerical.probeWeight(pixel, unit - 1);
}

function begin(settings: Settings, params?: Params): void {
  charts.endRun();
  if (!params) files.forget();
  pair.reset(settings, params);
}

function showTestImage(found: LabelledImage | undefined): void {
  if (found) recognise(found.image, found.label);
  else {
    isMissing = true;
    drawings.plan();
  }
}

function recognise(newImage: Uint8Array | undefined, newLabel?: number): void {
  const isSameDrawing = newLabel === undefined && label === undefined;
  label = newLabel;
  isMissing = false;
  clear.disabled = !newImage;
  if (newLabel !== undefined && newImage) pad.show(newImage);
  drawImage(preview, newImage);
  layer.setImage(newImage);
  pair.recognise(newImage, isSameDrawing);
}

/** A reader who presses Start or Pause sees at once that it has been done. */
function planDrawing(): void {
  if (pair.isRunning === showsRun) drawings.plan();
  else drawings.hurry();
}

function showRun(): void {
  const { isRunning, canTrain, isFinished, steps } = pair;
  showsRun = isRunning;
  controls.show({ isRunning, canTrain, isFinished, steps });
  for (const card of cards) card.draw();
  const { strings } = texts;
  const { training } = strings;
  const count = countParameters(controls.settings.hiddenSize).toLocaleString("en-US");
  setText(formula, training.formula(count));
  setText(comparisonElement, comparison(pair, training));
  setText(threadsElement, threadsOf(pair, training, crossOriginIsolated));
  setText(imagesElement, imagesOf(pair, training));
  answers.draw(pair.answer);
  setText(sentenceElement, isMissing ? strings.drawing.none : sentenceOf(pair.answer, strings.drawing, label));
}

function showNetworks(): void {
  weightView.draw(pair.numerical.probe, pair.numerical.weights);
  layer.draw(pair.numerical, pair.backprop);
}

function showComparisons(): void {
  confusion.draw(pair.numerical.confusion);
  agreement.draw(pair.agreement, pair.numerical.gradients, controls.settings.hiddenSize);
}
