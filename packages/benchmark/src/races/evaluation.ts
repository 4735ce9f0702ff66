import { RandomState, TwoLayerNet, train } from "numgrad";
import { BookNet } from "../baseline/book-net.js";
import { IncrementalNet } from "../baseline/incremental-net.js";
import { denseSamples, sparseSamples } from "../baseline/training.js";
import { type Contender, runRace } from "../harness.js";
import { BOOK, CORE, type Group, SAME, SKIPPING } from "./setting.js";

export const evaluation: Group = {
  title: "Accuracy over the training set",
  about:
    "Time to count the correctly classified of the 60,000 training images (with --quick, of the 10,000 test images): " +
    "numgrad compared with plain TypeScript. `train` keeps the dataset as lists of non-zero inputs, as the " +
    "TypeScript programs keep their lists or numbers. Its evaluation is timed as a step with `evaluateEvery: 1` " +
    "whose batch is a single image (some microseconds). `net.accuracy` gets the images as pixels and makes the lists " +
    "in each call.",
  async run(setting) {
    const random = () => new RandomState(0);
    const core = new TwoLayerNet({ ...BOOK, random: random() });
    const same = new IncrementalNet({ ...BOOK, random: random() });
    const skipping = new BookNet({ ...BOOK, random: random(), skipZeros: true });
    const data = setting.quick ? setting.test : setting.train;
    const sparse = setting.quick ? sparseSamples(data) : setting.sparse;
    const dense = setting.quick ? denseSamples(data) : setting.dense;
    const [x, t] = [data.x(), data.labels];
    const expected = core.accuracy(x, t);
    setting.compare(`accuracy, ${SAME}`, [same.accuracy(sparse.all, t)], [expected], 0);
    setting.compare(`accuracy, ${SKIPPING}`, [skipping.accuracy(dense.all, t)], [expected], 0);
    const run = train(
      new TwoLayerNet({ ...BOOK, random: random() }),
      { train: data },
      { gradient: "backprop", batchSize: 1, steps: 1e9, recordLoss: false, evaluateEvery: 1, random: 1 },
    );
    const reports = run[Symbol.asyncIterator]();
    // The lists are made in the first step.
    await reports.next();
    const contenders: Contender[] = [
      { name: `${CORE}, in train`, run: () => reports.next() },
      { name: `${CORE}, net.accuracy`, run: () => core.accuracy(x, t) },
      { name: SAME, run: () => same.accuracy(sparse.all, t) },
      { name: SKIPPING, run: () => skipping.accuracy(dense.all, t) },
    ];
    const result = await runRace(
      { name: `accuracy over ${data.size.toLocaleString("en")} images`, contenders },
      setting.effort,
    );
    await reports.return?.();
    core.dispose();
    return [result];
  },
};
