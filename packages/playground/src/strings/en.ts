import { lesson } from "./lesson/en.js";
import type { Strings } from "./strings.js";

const stepsOf = (count: string) => (count === "1" ? "1 step" : `${count} steps`);

export const en: Strings = {
  name: "English",
  language: "Language",
  intro:
    "What a gradient is, how differences find it numerically, and how a network learns by it: chapter 4 of Deep Learning from Scratch, to try out. Everything is computed in this page.",
  parts: {
    lesson: "Lesson",
    differences: "Differences",
    descent: "Descent",
    toy: "Three weights",
    training: "Training and drawing",
  },
  share: { copy: "Copy a link to these settings", copied: "Copied", refused: "Copy it from the address bar" },
  differences: {
    title: "Differences",
    intro:
      "The derivative is the slope of the tangent. A numerical derivative takes the slope of a secant instead: the " +
      "forward difference through x and x\u00a0+\u00a0h, the central difference through x\u00a0−\u00a0h and x\u00a0+\u00a0h.",
    task: "Make h smaller, step by step. Does the error keep falling? Look for the h at which it is smallest.",
    f: "Function f(x)",
    own: "Your own function",
    wrong: (position) => `This cannot be read after ${position} characters. Try x^2 + sin(x).`,
    undefinedHere: "f has no value or no slope here, or no value beside it. Move x, or make h smaller.",
    x: "Point x",
    h: "Difference step h",
    tangent: "tangent",
    forward: "forward difference",
    central: "central difference",
    derivative: "Derivative f′(x)",
    quotient: "Quotient",
    error: "Error",
    plot: "The function with its tangent and secants at x",
    errorPlot: "Error over h, both on logarithmic axes",
    errorHint: "Point at the picture to read the errors at another h; press to take that h.",
    truncation: "truncation",
    rounding: "rounding",
    regimes: {
      truncation:
        "Here the truncation error rules: the secant is not yet the tangent. With an h ten times smaller the central " +
        "difference has an error a hundred times smaller.",
      rounding:
        "Here the rounding error rules: f(x\u00a0+\u00a0h) and f(x\u00a0−\u00a0h) agree in most of their digits, and their difference keeps " +
        "only the last, rounded ones. Each smaller h makes it worse.",
      balance: "Here both errors are about equally large: no other h gives a much better central difference.",
      exact:
        "Here the third derivative of f is 0, as it is everywhere for a parabola, and the central difference has no truncation error that " +
        "falls with h². For a parabola only rounding is left, and each smaller h makes it worse.",
      lost: "h is lost: in float64, x\u00a0+\u00a0h is the same number as x. The quotient says nothing about f.",
    },
  },
  descent: {
    title: "Descent",
    intro:
      "Gradient descent takes steps against the gradient: x ← x − η · ∂f/∂x. Click on the map to start from there. Paths " +
      "stay, so that learning rates can be compared: too large a rate diverges, too small a rate crawls.",
    surface: "Function",
    surfaces: { bowl: "Bowl", valley: "Elongated bowl", saddle: "Saddle", rosenbrock: "Rosenbrock’s valley" },
    rate: "Learning rate η",
    again: "Descend",
    clear: "Clear the paths",
    map: "Contours of the function, on which paths start",
    keys: "With keys: arrows move the start, Enter descends from it.",
    paths: "Paths",
    none: "No path yet.",
    outcomes: {
      arrived: "arrived: the gradient is nearly 0",
      diverged: "diverged: the steps became longer and longer",
      crawled: "crawls: hardly any lower",
      underway: "still on its way",
    },
    steps: (count) => (count === 1 ? "1 step" : `${count} steps`),
  },
  weight: {
    title: "One weight",
    intro:
      "A numerical gradient moves one weight at a time: by +h, then by −h, and looks how the loss L of 100 training images changes. Choose a pixel by clicking on the picture, and a hidden unit here or on the sheet below. The marked digits are the only ones that differ.",
    unit: "Hidden unit",
    picture: "The incoming weights of the hidden unit; a click chooses a pixel",
    keys: "With keys: arrows choose the pixel.",
    place: (row, column) => `Weight from the pixel in row ${row}, column ${column}`,
    value: "Weight w",
    backprop: "Backpropagation says",
    difference: "Difference of the two",
    rest: (count) => `… and ${count} more, for each step.`,
  },
  page: {
    parts: "Parts",
    failed: "This went wrong",
    tryAgain: "Try again",
    training: "Training",
    trainingTitle: "Training and drawing",
    trainingIntro:
      "Two copies of a network learn to read digits, side by side, from the same first weights and the same batches of " +
      "MNIST. One takes its gradient by central differences, the other by backpropagation. Both run in this page, in WebAssembly.",
    step: "Step",
    stepHint: "One step of both networks",
    resetHint: "Begin anew from the first weights",
    rate: "Learning rate",
    hiddenUnits: "Hidden units",
    batchSize: "Batch size",
    seed: "Seed",
    h: "Difference step h",
    loading: "Loading MNIST",
    numerical: "Central differences",
    backprop: "Backpropagation",
    backpropFormula: "∂L/∂w by the chain rule, from the last layer to the first",
    steps: "Steps",
    loss: "Loss",
    pace: "Time of a step",
    speed: "Steps per second",
    lossNote: "of the batch, smoothed, over steps",
    lossChart: "Loss of both networks over their steps",
    accuracy: "Accuracy",
    accuracyNote: "of the images that the numbers of both networks name:",
    accuracyChart: "Accuracy of both networks over their steps",
    chartKeys:
      "With keys: arrows move along the steps, Page Up and Page Down by ten values, Home and End to the ends; Escape ends it.",
    test: "test",
    train: "train",
    drawing: "Draw a digit",
    pad: "Drawing pad",
    padKeys: "With keys: arrows move the pen, Space puts it down or lifts it, Delete clears.",
    clear: "Clear",
    random: "Random test image",
    wrong: "One it gets wrong",
    preview: "What the networks see: 28 by 28 pixels",
    answers: "Probabilities by differences and by backpropagation",
    saveSafetensors: "Save the network (safetensors)",
    saveNpz: "Save the network (npz)",
    load: "Load a network",
    footer:
      "The network is the book’s: 784 inputs, sigmoid hidden units, softmax over ten digits (Koki Saitoh, Deep Learning from " +
      "Scratch, chapter 4). Its loss is −log(p + 10⁻⁷), and backpropagation, as in the book, leaves out the 10⁻⁷: that is " +
      "what sets the two apart, little by little, or at once where a high learning rate makes a network sure of what is wrong. " +
      "Weights of hidden units are drawn in yellow where a lit pixel excites the unit, in violet where it inhibits, and in " +
      "grey where it does nothing.",
    essay: "Essay: how a numerical gradient became as cheap as backpropagation",
    api: "The package: first steps and API",
  },
  failure: {
    download: (file) =>
      `MNIST’s file ${file} could not be loaded. Training and drawing need it; the other parts work without.`,
    worker: "A worker could not be started.",
  },
  training: {
    start: "Start",
    pause: "Pause",
    resume: "Resume",
    trainOn: "Train on",
    reset: "Reset",
    newRun: "New run",
    pending: "The new settings hold from the next run on. New run ends this one.",
    slow: (h) => `${h}, slow`,
    range: (low, high) => `${low} to ${high}`,
    notUsed: (low, high, kept) => `Not used: it must be a whole number from ${low} to ${high}. ${kept} stays.`,
    loading: (loaded, total) => `Loading MNIST: ${loaded} of ${total} MB`,
    formula: (count) =>
      `(L(w\u00a0+\u00a0h)\u00a0−\u00a0L(w\u00a0−\u00a0h))\u00a0/\u00a02h for each of the ${count} weights and biases`,
    whole: (train, test, when) =>
      `Right of all 60,000 training images: ${train}, of all 10,000 test images: ${test} (${when})`,
    afterEpoch: "after each epoch",
    afterStep: (step) => `after step ${step}`,
    sampleTrain: (count) => `Right of ${count} training images`,
    sampleTest: (count) => `Right of ${count} test images`,
    incomplete: "The other images of MNIST could not be loaded. Training goes on with the first ones.",
    firstImages: (count, isAllHere) =>
      isAllHere
        ? `This run trains on the first ${count} training images, with which it could begin at once. All 60,000 are here now: a new run takes them.`
        : `So far there are the first ${count} of 60,000 training images: enough to begin.`,
    diverged: (step) =>
      `The training has diverged after step ${step}: its numbers are no longer finite. Choose a smaller learning rate and begin anew.`,
    loaded: (units) => `Loaded: both networks now have these ${units} hidden units, and train on from there.`,
    badFile:
      "This file has no network for this page: it needs W1 [784, n], b1 [n], W2 [n, 10] and b2 [10], with n from 1 to 200. Nothing has changed.",
    listing: "Listing the training images for the first step …",
    ratio: (factor) => `One step by differences takes ${factor} times as long as one by backpropagation. `,
    same: (steps, count) =>
      `Over ${steps === 1 ? "the first step" : `${count} steps`} their losses are the same in every bit.`,
    differ: (steps, count, difference) =>
      `Over ${steps === 1 ? "the first step" : `${count} steps`} their losses differ by at most ${difference}.`,
    threads: (numerical, backprop, isIsolated) =>
      isIsolated
        ? `Threads at work: ${numerical} for differences, ${backprop} for backpropagation.`
        : "Threads at work: one for each network. This host sends no headers COOP and COEP, without which a page cannot share memory.",
  },
  readout: { at: (step) => `At step ${step}`, latest: "Last values" },
  pins: {
    title: "Pinned runs",
    pin: "Pin this run",
    method: "Network whose curves are pinned",
    hint: "A pinned run stays in both charts when the next one begins.",
    hindrances: {
      full: "Four runs are pinned. Unpin one to pin another.",
      pinned: "This run is pinned. Choose another learning rate and begin a new run to compare.",
      empty: "A run can be pinned after its first step.",
    },
    unpin: (name) => `Unpin ${name}`,
    diverged: (name) => `${name}: diverged`,
    names: {
      rate: (value) => `learning rate ${value}`,
      hiddenSize: (value) => (value === "1" ? "1 hidden unit" : `${value} hidden units`),
      batchSize: (value) => `batch size ${value}`,
      seed: (value) => `seed ${value}`,
      loaded: "from a loaded network",
    },
  },
  drawing: {
    label: (digit) => `A test image, labelled ${digit}. `,
    both: (digit) => `Both networks say ${digit}.`,
    differ: (numerical, backprop) => `Differences say ${numerical}, backpropagation says ${backprop}.`,
    none: "There is no test image that the network by differences reads so.",
  },
  confusion: {
    title: "Confusions",
    intro:
      "Which digits does the network by differences take for which? The counts are of the test images on which its accuracy is measured. A click on a cell shows such an image on the pad.",
    note: (steps, wrong, all) => `After ${stepsOf(steps)}: ${wrong} of ${all} test images are read wrong.`,
    axes: "Rows: the digit of the image. Columns: the digit that the network says.",
    keys: "With keys: arrows choose a cell, Enter shows an image of it.",
    cell: (label, said, count) => `${label} read as ${said}: ${count === 1 ? "1 image" : `${count} images`}`,
  },
  toy: {
    title: "Three weights",
    intro:
      "A model that is small enough to see its whole gradient: the parabola y = w₀ + w₁x + w₂x², and its loss L, half of the mean squared error at seven points. Each weight goes up by h and down by h while the others stay. Six losses give the gradient, then all three weights are updated at once. This loss is a parabola in each weight, so here the quotient is exact for every h, but for rounding.",
    move: "Next move",
    step: "To the update",
    restart: "From the beginning",
    plot: "The points and the parabola; the dashed one has a weight that is moved by h",
    value: "Weight",
    quotient: "Quotient",
    first: (loss) => `L = ${loss}. The next move adds h to w₀.`,
    up: (weight) => `${weight} is larger by h: the dashed parabola and its loss. Next it is smaller by h.`,
    down: (weight) =>
      `${weight} is smaller by h. Both losses give the quotient. Next comes the other weight, and ${weight} is put back.`,
    complete: (weight) =>
      `${weight} was the last one: the gradient is complete after six losses. The next move updates all weights.`,
    updated: (steps, loss) => `${steps === 1 ? "One update" : `${steps} updates`} made: L = ${loss}.`,
  },
  layer: {
    title: "Hidden units",
    intro:
      "Each small picture has the 784 weights into one hidden unit, one for each pixel: yellow where ink excites the unit, violet where it inhibits it. Point at a unit to see it large, with its activation and its weights to the ten digits. A click chooses it for “One weight”.",
    shown: "Weights",
    networks: { numerical: "by differences", backprop: "by backpropagation", difference: "the difference of both" },
    afterStep: (steps) => `After ${stepsOf(steps)}.`,
    compared: (steps) =>
      `By differences minus by backpropagation, after ${stepsOf(steps)}. Each pause brings both to the same step.`,
    sheet: "The incoming weights of all hidden units, W1",
    keys: "With keys: arrows choose the unit, Enter takes it for “One weight”.",
    unit: (unit) => `Hidden unit ${unit}`,
    incoming: (unit) => `The incoming weights of hidden unit ${unit}`,
    noImage: "Draw a digit or take a test image: then the unit’s activation stands here.",
    activation: (z, a) => `Activation for this image: sigmoid(${z}) = ${a}`,
    activationDifference: (difference) => `Activations for this image: they differ by ${difference}.`,
    outgoing: "Weights to the digits",
    pixel: (row, column, weight) => `Row ${row}, column ${column}: ${weight}`,
    outgoingTitle: "From the hidden units to the digits: W2",
    outgoingPicture: "W2: a column for each hidden unit, a row for each digit",
    outgoingKeys: "A column for each hidden unit, a row for each digit. With keys: arrows choose the weight.",
    outgoingWeight: (unit, digit, weight) => `Weight from hidden unit ${unit} to digit ${digit}: ${weight}`,
  },
  agreement: {
    title: "Two gradients compared",
    intro:
      "How far do both methods come apart? On the left the losses of the two runs, step by step; on the right both gradients of one and the same network.",
    lossTitle: "|ΔL|: difference of the losses",
    lossNote: "At each step, in a logarithmic scale. Losses that are equal in every bit lie on the lower axis.",
    lossPicture: "Difference of both losses over the steps, by keys: left and right arrows choose a step",
    noSteps: "Start the training, or make a step.",
    largestLoss: (steps, difference) => `Largest in ${stepsOf(steps)}: ${difference}`,
    lossAt: (steps, difference) => `Step ${steps}: |ΔL| = ${difference}`,
    gradientTitle: "Gradient against gradient",
    gradientNote: (steps) =>
      `Of the network by differences after ${stepsOf(steps)}, on 100 training images. Across: the size of an entry by backpropagation.`,
    waiting: "Both gradients are being computed …",
    gradientPicture: "Entries of both gradients against each other, by keys: left and right arrows choose an entry",
    sizes: { numerical: "size by differences", backprop: "size by backpropagation", apart: "distance of both" },
    largestEntry: (count, zeros, difference) =>
      `All ${count} entries differ by at most ${difference}. In both, ${zeros} are 0: pixels that are blank in all images.`,
    fromPixel: (row, column, unit) => `W1, row ${row}, column ${column}, to unit ${unit}`,
    biasOfUnit: (unit) => `Bias of unit ${unit}`,
    fromUnit: (unit, digit) => `W2, from unit ${unit} to digit ${digit}`,
    biasOfDigit: (digit) => `Bias of digit ${digit}`,
    entry: (place, numerical, backprop, difference) =>
      `${place}: ${numerical} by differences, ${backprop} by backpropagation, apart by ${difference}`,
  },
  lesson,
  presentation: {
    name: "Presentation",
    keys: "Keys: 1 to 5 show one part, 0 shows all parts, P begins or ends the presentation.",
  },
};
