import type { Lesson } from "./lesson/lesson.js";

/** The texts of the page. Each language has a file with all of them, and one for the lesson. */
export interface Strings {
  /** Name of the language, in that language. */
  readonly name: string;
  readonly language: string;
  /** What the page is about. */
  readonly intro: string;
  readonly parts: {
    readonly lesson: string;
    readonly differences: string;
    readonly descent: string;
    readonly toy: string;
    readonly training: string;
  };
  readonly share: { readonly copy: string; readonly copied: string; readonly refused: string };
  readonly differences: {
    readonly title: string;
    readonly intro: string;
    readonly task: string;
    readonly f: string;
    readonly own: string;
    /** Says after how many characters an expression is wrong. */
    wrong(position: number): string;
    /** Says that f or its derivative is no number at x. */
    readonly undefinedHere: string;
    readonly x: string;
    readonly h: string;
    readonly tangent: string;
    readonly forward: string;
    readonly central: string;
    readonly derivative: string;
    readonly quotient: string;
    readonly error: string;
    readonly plot: string;
    readonly errorPlot: string;
    /** What can be done on the picture of errors. */
    readonly errorHint: string;
    readonly truncation: string;
    readonly rounding: string;
    /** What is to be seen at this h, in float64 by central differences. */
    readonly regimes: {
      readonly truncation: string;
      readonly rounding: string;
      readonly balance: string;
      readonly exact: string;
      readonly lost: string;
    };
  };
  readonly weight: {
    readonly title: string;
    readonly intro: string;
    readonly unit: string;
    readonly picture: string;
    readonly keys: string;
    place(row: number, column: number): string;
    readonly value: string;
    readonly backprop: string;
    readonly difference: string;
    rest(count: string): string;
  };
  readonly descent: {
    readonly title: string;
    readonly intro: string;
    readonly surface: string;
    readonly surfaces: {
      readonly bowl: string;
      readonly valley: string;
      readonly saddle: string;
      readonly rosenbrock: string;
    };
    readonly rate: string;
    readonly again: string;
    readonly clear: string;
    readonly map: string;
    readonly keys: string;
    readonly paths: string;
    readonly none: string;
    /** One path in words: its learning rate and its number of steps come before. */
    readonly outcomes: {
      readonly arrived: string;
      readonly diverged: string;
      readonly crawled: string;
      readonly underway: string;
    };
    steps(count: number): string;
  };
  /** Texts of the page itself: an element of index.html names its text by `data-text`, or by `data-label` its name. */
  readonly page: {
    readonly parts: string;
    readonly failed: string;
    readonly tryAgain: string;
    readonly training: string;
    readonly trainingTitle: string;
    readonly trainingIntro: string;
    readonly step: string;
    readonly stepHint: string;
    readonly resetHint: string;
    readonly rate: string;
    readonly hiddenUnits: string;
    readonly batchSize: string;
    readonly seed: string;
    readonly h: string;
    readonly loading: string;
    readonly numerical: string;
    readonly backprop: string;
    readonly backpropFormula: string;
    readonly steps: string;
    readonly loss: string;
    readonly pace: string;
    readonly speed: string;
    readonly lossNote: string;
    readonly lossChart: string;
    readonly accuracy: string;
    readonly accuracyNote: string;
    readonly accuracyChart: string;
    readonly chartKeys: string;
    readonly test: string;
    readonly train: string;
    readonly drawing: string;
    readonly pad: string;
    readonly padKeys: string;
    readonly clear: string;
    readonly random: string;
    /** Names the button that shows a test image which the network reads wrong. */
    readonly wrong: string;
    readonly preview: string;
    readonly answers: string;
    readonly saveSafetensors: string;
    readonly saveNpz: string;
    readonly load: string;
    readonly footer: string;
    /** Names the links to the essay about the fast gradient, and to the documentation of the package. */
    readonly essay: string;
    readonly api: string;
  };
  readonly failure: {
    /** Says that a file of the data could not be loaded. */
    download(file: string): string;
    /** Says that a worker could not be started. */
    readonly worker: string;
  };
  readonly training: {
    readonly start: string;
    readonly pause: string;
    readonly resume: string;
    readonly trainOn: string;
    readonly reset: string;
    readonly newRun: string;
    readonly pending: string;
    /** An h with which a step takes long. */
    slow(h: string): string;
    range(low: string, high: string): string;
    /** Says at a field that its value is not used. */
    notUsed(low: string, high: string, kept: string): string;
    loading(loaded: string, total: string): string;
    /** The formula of central differences, for so many parameters. */
    formula(count: string): string;
    /** Accuracies on all images, and when they were measured. */
    whole(train: string, test: string, when: string): string;
    readonly afterEpoch: string;
    afterStep(step: string): string;
    /** Names of the accuracies on so many images. */
    sampleTrain(count: string): string;
    sampleTest(count: string): string;
    /** Says that only the first images are there. */
    readonly incomplete: string;
    /** Says that a run has only the first images, and whether all are there for the next run. */
    firstImages(count: string, isAllHere: boolean): string;
    diverged(step: string): string;
    /** Says that a network with so many hidden units has been loaded. */
    loaded(units: number): string;
    readonly badFile: string;
    readonly listing: string;
    ratio(factor: string): string;
    /** Says that the losses of so many steps are the same in every bit. */
    same(steps: number, count: string): string;
    differ(steps: number, count: string, difference: string): string;
    /** How many threads train each network, and whether the page may start more. */
    threads(numerical: number, backprop: number, isIsolated: boolean): string;
  };
  /** What stands above the values of a chart. */
  readonly readout: { at(step: string): string; readonly latest: string };
  readonly pins: {
    readonly title: string;
    readonly pin: string;
    /** Name of the choice between both networks. */
    readonly method: string;
    readonly hint: string;
    /** Why no run can be pinned. */
    readonly hindrances: { readonly full: string; readonly pinned: string; readonly empty: string };
    unpin(name: string): string;
    diverged(name: string): string;
    /** What tells one run from another. */
    readonly names: {
      rate(value: string): string;
      hiddenSize(value: string): string;
      batchSize(value: string): string;
      seed(value: string): string;
      readonly loaded: string;
    };
  };
  readonly drawing: {
    label(digit: number): string;
    both(digit: number): string;
    differ(numerical: number, backprop: number): string;
    /** Says that the network reads no test image so. */
    readonly none: string;
  };
  /** What the network reads as what. */
  readonly confusion: {
    readonly title: string;
    readonly intro: string;
    /** After how many steps, and how many of all images are read wrong. */
    note(steps: string, wrong: string, all: string): string;
    /** What rows and columns are. */
    readonly axes: string;
    readonly keys: string;
    cell(label: number, said: number, count: number): string;
  };
  readonly toy: {
    readonly title: string;
    readonly intro: string;
    readonly move: string;
    readonly step: string;
    readonly restart: string;
    readonly plot: string;
    readonly value: string;
    readonly quotient: string;
    first(loss: string): string;
    up(weight: string): string;
    down(weight: string): string;
    /** Says that the last entry of the gradient is known, and that the update comes next. */
    complete(weight: string): string;
    updated(steps: number, loss: string): string;
  };
  /** The pictures of the hidden units' weights. */
  readonly layer: {
    readonly title: string;
    readonly intro: string;
    /** Which weights are shown. */
    readonly shown: string;
    readonly networks: { readonly numerical: string; readonly backprop: string; readonly difference: string };
    afterStep(steps: string): string;
    /** What a difference is, and after how many steps. */
    compared(steps: string): string;
    readonly sheet: string;
    readonly keys: string;
    unit(unit: number): string;
    incoming(unit: number): string;
    /** Stands in place of an activation while there is no image. */
    readonly noImage: string;
    activation(z: string, a: string): string;
    activationDifference(difference: string): string;
    readonly outgoing: string;
    pixel(row: number, column: number, weight: string): string;
    readonly outgoingTitle: string;
    readonly outgoingPicture: string;
    readonly outgoingKeys: string;
    outgoingWeight(unit: number, digit: number, weight: string): string;
  };
  /** How far the losses of both runs, and both gradients of one network, are apart. */
  readonly agreement: {
    readonly title: string;
    readonly intro: string;
    readonly lossTitle: string;
    readonly lossNote: string;
    readonly lossPicture: string;
    readonly noSteps: string;
    largestLoss(steps: string, difference: string): string;
    lossAt(steps: string, difference: string): string;
    readonly gradientTitle: string;
    gradientNote(steps: string): string;
    readonly waiting: string;
    readonly gradientPicture: string;
    /** The key of the picture. */
    readonly sizes: { readonly numerical: string; readonly backprop: string; readonly apart: string };
    /** How many entries there are, and how many of them are 0 in both. */
    largestEntry(count: string, zeros: string, difference: string): string;
    /** Names of entries. */
    fromPixel(row: number, column: number, unit: number): string;
    biasOfUnit(unit: number): string;
    fromUnit(unit: number, digit: number): string;
    biasOfDigit(digit: number): string;
    entry(place: string, numerical: string, backprop: string, difference: string): string;
  };
  readonly lesson: Lesson;
  readonly presentation: { readonly name: string; readonly keys: string };
}
