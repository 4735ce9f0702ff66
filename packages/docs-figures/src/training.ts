// The figures of the book's network on MNIST: how it learned, and what it learned.
import { type Dataset, loadMnist, RandomState, SGD, TwoLayerNet, train } from "numgrad";
import {
  accuracyFigure,
  confusionFigure,
  imagesFigure,
  learningRatesFigure,
  lossFigure,
  weightsFigure,
} from "numgrad-figures";
import { mnistDirectory } from "numgrad-mnist-files";
import { confusionOf, findMistakes, readPredictions } from "numgrad-predictions";
import type { Draw } from "./drawings.js";

const LEARNING_RATES = [0.01, 0.1, 1, 10];

/** Trains by central differences, and returns the figures of the training. */
export async function trainingDrawings(): Promise<Record<string, Draw>> {
  const data = await loadMnist({ directory: mnistDirectory() });
  const { net, history } = await learn(data, 0.1, 10_000);
  const runs: { learningRate: number; losses: number[] }[] = [];
  for (const learningRate of LEARNING_RATES) {
    console.log(`learning rate ${learningRate}`);
    const short = await learn({ train: data.train }, learningRate, 1000);
    short.net.dispose();
    runs.push({ learningRate, losses: short.history.losses });
  }
  const { rows, cols } = data.test;
  const weights = net.params.toArrays().w1;
  const predictions = readPredictions(net.predict(data.test.x()));
  const matrix = confusionOf(predictions, data.test.labels, data.test.classes);
  const mistakes = findMistakes(predictions, data.test.labels).slice(0, 20);
  net.dispose();

  return {
    losses: (theme) => lossFigure({ theme, title: "10,000 steps by central differences", losses: history.losses }),
    accuracies: (theme) =>
      accuracyFigure({ theme, title: "No overfitting: both rise together", evaluations: history.evaluations }),
    "learning-rates": (theme) => learningRatesFigure({ theme, title: "The first 1,000 steps", runs, window: 25 }),
    confusion: (theme) => confusionFigure({ theme, title: "The 10,000 test images", matrix }),
    predictions: (theme) =>
      imagesFigure({
        theme,
        title: "The first test images, and what the network reads",
        data: data.test,
        predictions: predictions.classes.subarray(0, 50),
      }),
    mistakes: (theme) =>
      imagesFigure({
        theme,
        title: "The most confident mistakes",
        data: data.test,
        indices: mistakes.map(({ index }) => index),
        predictions: mistakes.map(({ predicted }) => predicted),
        probabilities: mistakes.map(({ probability }) => probability),
      }),
    weights: (theme) => weightsFigure({ theme, title: "What each hidden unit looks at", weights, rows, cols }),
  };
}

/** Trains as the book's script does after `np.random.seed(0)`, with any learning rate. */
async function learn(data: { train: Dataset; test?: Dataset }, learningRate: number, steps: number) {
  const random = new RandomState(0);
  const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random });
  const run = train(net, data, { optimizer: new SGD({ learningRate }), steps, random });
  return { net, history: await run.finish() };
}
