// numgrad as its users write it. Steps and job use `train`, which draws and gathers a fresh batch for each step.
import { Dataset, RandomState, SGD, TwoLayerNet, train } from "numgrad";
import { race } from "../protocol.mjs";

await race(async ({ variant: gradient, threads }) => {
  // One generator gives first the weights and then the batches, as in the book's script, so they are those of all
  // peers.
  const random = new RandomState(0);
  const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random });
  const optimizer = new SGD({ learningRate: 0.1 });
  const options = { gradient, optimizer, random, batchSize: 100, threads: threads === "all" ? "auto" : 1 };
  return {
    load: (images, labels) => new Dataset({ images, labels, rows: 28, cols: 28 }),
    batch: (data, indices) => data.batch(indices),
    step({ x, t }) {
      if (gradient === "numerical") net.numericalGradient(x, t, { copy: false });
      else net.gradient(x, t, { copy: false });
      optimizer.update(net.params, net.grads);
    },
    loop(data) {
      const run = train(net, { train: data }, { ...options, steps: 1e9, recordLoss: false, evaluateEvery: false });
      const reports = run[Symbol.asyncIterator]();
      return async (n) => {
        for (let i = 0; i < n; i++) await reports.next();
      };
    },
    probabilities: ({ x }) => net.predict(x).data,
    accuracy: (data) => net.accuracy(data.x(), data.labels),
    numericalGradient({ x, t }) {
      const { w1, b1, w2, b2 } = net.numericalGradient(x, t, { copy: false });
      return { w1, b1, w2, b2 };
    },
    async job(training, test, { steps, every }) {
      const result = { steps: 0, evaluations: 0, stepMs: 0, evaluationMs: 0, testAccuracy: 0 };
      let mark = performance.now();
      const data = { train: training, test };
      const run = train(net, data, { ...options, steps, recordLoss: "before", evaluateEvery: every || false });
      for await (const { step, evaluation } of run) {
        const now = performance.now();
        if (evaluation) {
          // This time includes the step before the evaluation, one of six hundred.
          result.evaluationMs += now - mark;
          result.evaluations++;
          result.testAccuracy = evaluation.testAccuracy;
        } else if (step > 0 || every > 0) {
          // If the job is not run to its end, there are no evaluations, and the first step does not count: it stages
          // the data.
          result.stepMs += now - mark;
        }
        mark = now;
      }
      result.steps = every > 0 ? steps : steps - 1;
      return result;
    },
  };
});
