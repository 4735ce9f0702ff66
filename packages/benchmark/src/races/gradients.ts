import { type Gradients, RandomState, TwoLayerNet } from "numgrad";
import { BookNet, type DenseRows } from "../baseline/book-net.js";
import { IncrementalNet } from "../baseline/incremental-net.js";
import { type Contender, runRace } from "../harness.js";
import { BATCH, BOOK, BOOK_PARAMETERS, CORE, DENSE, type Group, SAME, type Setting, SKIPPING } from "./setting.js";

/**
 * Number of batches that take turns. With a single batch, programs that build lists would look faster than they are.
 */
const BATCHES = 32;

/** Largest error of a book's quotient, divided by the largest entry: the rounding of the losses, divided by 2h. */
const CANCELLATION = 1e-9;

/** Largest difference of two float64 implementations of the same formulas, divided by the largest entry. */
const SAME_FORMULAS = 2e-15;

export const gradients: Group = {
  title: "One gradient",
  about:
    "Time of one gradient, by central differences and by backpropagation, and of one loss of the book's network: " +
    `numgrad compared with plain TypeScript. ${BATCHES} batches of ${BATCH} images take turns; they are given as ` +
    "pixels (to the book's code as numbers). The lists of non-zero inputs are made anew in each call; training makes " +
    "them once. The book's numerical gradient is extrapolated from some of the parameters, spread evenly: each costs " +
    "the same two forward passes.",
  async run(setting) {
    const batches = drawBatches(setting);
    const contenders = createNets();
    compareGradients(setting, contenders, batches[0]!);
    const race = (name: string, list: readonly Contender[]) => runRace({ name, contenders: list }, setting.effort);
    return [
      await race("numerical gradient", numericalContenders(setting, contenders, batches)),
      await race("backpropagation", backpropContenders(contenders, batches)),
      await race("loss of a batch", lossContenders(contenders, batches)),
    ];
  },
};

interface Batch {
  readonly x: ReturnType<Setting["train"]["batch"]>["x"];
  readonly t: Uint8Array;
  readonly numbers: DenseRows;
}

function drawBatches(setting: Setting): Batch[] {
  const random = new RandomState(1);
  const { book } = createNets();
  return Array.from({ length: BATCHES }, () => {
    const { x, t } = setting.train.batch(random.choice(setting.train.size, BATCH));
    return { x, t, numbers: book.toRows(x) };
  });
}

function createNets() {
  const random = () => new RandomState(0);
  return {
    core: new TwoLayerNet({ ...BOOK, random: random() }),
    same: new IncrementalNet({ ...BOOK, random: random() }),
    skipping: new BookNet({ ...BOOK, random: random(), skipZeros: true }),
    book: new BookNet({ ...BOOK, random: random(), skipZeros: false }),
  };
}

type Nets = ReturnType<typeof createNets>;

/** Indices of `count` parameters, spread evenly over all. */
function spread(count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.floor((i * BOOK_PARAMETERS) / count));
}

function compareGradients(setting: Setting, { core, same, skipping, book }: Nets, { x, t, numbers }: Batch): void {
  const all = ({ w1, b1, w2, b2 }: Gradients) => [...w1, ...b1, ...w2, ...b2];
  const numerical = all(core.numericalGradient(x, t));
  setting.compare(`numerical gradient, ${SAME}`, all(same.numericalGradient(x, t)), numerical, SAME_FORMULAS);
  const some = spread(20);
  const [largest] = [...numerical].sort((a, b) => Math.abs(b) - Math.abs(a));
  for (const [name, net] of [
    [SKIPPING, skipping],
    [DENSE, book],
  ] as const) {
    const quotients = net.centralDifferences(numbers, t, some);
    // The largest entry is added to both lists, because errors are divided by the largest number.
    const expected = [...some.map((i) => numerical[i]!), largest!];
    setting.compare(`20 central differences, ${name}`, [...quotients, largest!], expected, CANCELLATION);
  }
  const backprop = all(core.gradient(x, t));
  setting.compare(`backpropagation, ${SAME}`, all(same.gradient(x, t)), backprop, SAME_FORMULAS);
  setting.compare(`backpropagation, ${SKIPPING}`, all(skipping.gradient(numbers, t)), backprop, SAME_FORMULAS);
  setting.compare(`backpropagation, ${DENSE}`, all(book.gradient(numbers, t)), backprop, SAME_FORMULAS);
}

/** A function that calls `visit` with the next batch each time. */
function inTurn(batches: readonly Batch[], visit: (batch: Batch) => unknown): () => unknown {
  let next = 0;
  return () => visit(batches[next++ % batches.length]!);
}

function numericalContenders(setting: Setting, nets: Nets, batches: readonly Batch[]): Contender[] {
  const copy = false;
  const extrapolated = (net: BookNet, count: number) => ({
    run: inTurn(batches, ({ numbers, t }) => net.centralDifferences(numbers, t, spread(count))),
    units: count / BOOK_PARAMETERS,
    note: `extrapolated from ${count} of ${BOOK_PARAMETERS.toLocaleString("en")} parameters`,
  });
  const list: Contender[] = [
    { name: CORE, run: inTurn(batches, ({ x, t }) => nets.core.numericalGradient(x, t, { copy })) },
    { name: SAME, run: inTurn(batches, ({ x, t }) => nets.same.numericalGradient(x, t, { copy })) },
    { name: SKIPPING, ...extrapolated(nets.skipping, setting.quick ? 4 : 20) },
    { name: DENSE, ...extrapolated(nets.book, setting.quick ? 2 : 10) },
  ];
  if (!setting.full) return list;
  const full = () => nets.core.numericalGradient(batches[0]!.x, batches[0]!.t, { copy, evaluation: "full" });
  const name = `${CORE}, evaluation: "full"`;
  return [...list, { name, run: full, rounds: 1, cold: true, note: "all parameters, one run" }];
}

function backpropContenders(nets: Nets, batches: readonly Batch[]): Contender[] {
  const copy = false;
  return [
    { name: CORE, run: inTurn(batches, ({ x, t }) => nets.core.gradient(x, t, { copy })) },
    { name: SAME, run: inTurn(batches, ({ x, t }) => nets.same.gradient(x, t, { copy })) },
    { name: SKIPPING, run: inTurn(batches, ({ numbers, t }) => nets.skipping.gradient(numbers, t, { copy })) },
    { name: DENSE, run: inTurn(batches, ({ numbers, t }) => nets.book.gradient(numbers, t, { copy })) },
  ];
}

function lossContenders(nets: Nets, batches: readonly Batch[]): Contender[] {
  return [
    { name: CORE, run: inTurn(batches, ({ x, t }) => nets.core.loss(x, t)) },
    { name: SAME, run: inTurn(batches, ({ x, t }) => nets.same.loss(x, t)) },
    { name: SKIPPING, run: inTurn(batches, ({ numbers, t }) => nets.skipping.loss(numbers, t)) },
    { name: DENSE, run: inTurn(batches, ({ numbers, t }) => nets.book.loss(numbers, t)) },
  ];
}
