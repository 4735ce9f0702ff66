// Type tests of networks, training, data and random numbers.
import {
  type ArgumentError,
  type Checkpoint,
  type CoreError,
  type DataFormatError,
  Dataset,
  DivergenceError,
  type Evaluation,
  type Gradients,
  History,
  type HistoryData,
  init,
  loadMnist,
  type Matrix,
  matrix,
  type NetworkParams,
  NonFiniteError,
  type NumgradError,
  type Optimizer,
  parseIdx,
  RandomState,
  type RunStatus,
  SGD,
  ShapeError,
  type StepReport,
  type TrainOptions,
  TwoLayerNet,
  train,
} from "numgrad";
import { exactly, some } from "./exactly.js";

const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, random: new RandomState(0) });
const x = matrix([[0, 1]]);

exactly<NetworkParams>()(net.params);
exactly<Float64Array>()(net.grads.b2);
exactly<Matrix>()(net.predict(x));
exactly<number>()(net.loss(x, [1]));
exactly<Gradients>()(net.numericalGradient(x, Uint8Array.of(1), { evaluation: "full", h: 1e-3, copy: false }));
exactly<Gradients>()(net.gradient(x, matrix([[0, 1]])));
// @ts-expect-error: hiddenSize is missing
new TwoLayerNet({ inputSize: 2, outputSize: 2 });
// @ts-expect-error: this is the book's name
new TwoLayerNet({ input_size: 2, hiddenSize: 3, outputSize: 2 });
// @ts-expect-error: inputs are a Matrix, not an array of rows
net.predict([[0, 1]]);
// @ts-expect-error: evaluation is one of two words
net.numericalGradient(x, [1], { evaluation: "fast" });
// @ts-expect-error: the arrays are written to, but params is not replaced
net.params = net.grads;

new SGD({ learningRate: 0.1 }).update(net.params, net.grads);
new SGD().update({ w: [1] }, { w: [2] });
// @ts-expect-error: this is the book's name
new SGD({ lr: 0.1 });

export async function follow(data: Dataset): Promise<History> {
  const optimizer: Optimizer = { update: (params, grads) => params.w1.set(grads.w1) };
  const run = train(
    net,
    { train: data, test: { x, t: [1] } },
    { optimizer, sampling: "shuffle", gradient: "backprop" },
  );
  for await (const report of run) {
    exactly<StepReport>()(report);
    exactly<number | undefined>()(report.evaluation?.testAccuracy);
  }
  exactly<Checkpoint>()(run.checkpoint());
  return run.finish();
}
// @ts-expect-error: the training data are missing
train(net, { test: { x, t: [1] } });
// @ts-expect-error: gradient is one of two words
train(net, { train: { x, t: [1] } }, { gradient: "exact" });
exactly<number | false | undefined>()(some<TrainOptions>().evaluateEvery);
exactly<"after" | "before" | false | undefined>()(some<TrainOptions>().recordLoss);

const history = History.fromJSON(JSON.parse("{}"));
exactly<number[]>()(history.losses);
exactly<Evaluation[]>()(history.evaluations);
exactly<HistoryData>()(history.toJSON());
exactly<1>()(history.toJSON().version);
exactly<string>()(history.toCSV());
exactly<"running" | "finished" | "aborted" | "diverged">()(some<RunStatus>());

const random = new RandomState([1, 2]);
exactly<number>()(random.randn());
exactly<Float64Array>()(random.randn(3));
exactly<Int32Array | Float64Array>()(random.randint(0, 5, 3));
exactly<number>()(random.choice(5));
exactly<Int32Array>()(random.choice(5, 3));
exactly<string[]>()(random.choice(["a", "b"], 2, { replace: false }));
exactly<string>()(random.choice(["a", "b"]));
exactly<string[]>()(random.permutation(["a", "b"]));
// @ts-expect-error: replace is true or false
random.choice(5, 3, { replace: 1 });

exactly<Promise<{ train: Dataset; test: Dataset }>>()(loadMnist({ directory: "mnist" }));
exactly<readonly number[]>()(parseIdx(new Uint8Array(4)).shape);
exactly<Uint8Array>()(new Dataset({ images: new Uint8Array(4), labels: Uint8Array.of(1), rows: 2, cols: 2 }).labels);
init(some<WebAssembly.Module>());
// @ts-expect-error: init takes a module
init();

const errors: NumgradError[] = [some<ArgumentError>(), some<CoreError>(), some<DataFormatError>()];
for (const error of errors) {
  // Each class narrows the type: no class is taken for another.
  if (error instanceof NonFiniteError) exactly<number>()(error.index);
  else if (error instanceof ShapeError) exactly<string>()(error.argument);
  else if (error instanceof DivergenceError) exactly<History>()(error.history);
}
