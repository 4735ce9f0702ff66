// Sections 4.5.2 and 4.5.3: a step is a mini-batch, a gradient and an update. These are the steps of five epochs;
// `npm start` makes sixteen epochs.
import { loadMnist, movingAverage, RandomState, SGD, TwoLayerNet } from "numgrad";
import { mnistDirectory } from "numgrad-mnist-files";
import { plot } from "./plot.js";
import { heading, print } from "./print.js";

heading("11  Training");

const { train, test } = await loadMnist({ directory: mnistDirectory() });

const itersNum = 3_001;
const trainSize = train.size;
const batchSize = 100;
const learningRate = 0.1;

const trainLossList: number[] = [];
const trainAccList: number[] = [];
const testAccList: number[] = [];
const iterPerEpoch = Math.max(trainSize / batchSize, 1);

const random = new RandomState(0); // np.random.seed(0): Python prints the same accuracies
const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random });
const optimizer = new SGD({ learningRate });
const begin = performance.now();

for (let i = 0; i < itersNum; i++) {
  // Mini-batch
  const batchMask = random.choice(trainSize, batchSize);
  const { x: xBatch, t: tBatch } = train.batch(batchMask);

  // Gradient, by central differences; net.gradient would be backpropagation
  const grad = net.numericalGradient(xBatch, tBatch, { copy: false });

  // params[key] -= learningRate * grad[key]. It is the same net that is measured below; note 001 updates another one.
  optimizer.update(net.params, grad);

  const loss = net.loss(xBatch, tBatch);
  trainLossList.push(loss);

  if (i % iterPerEpoch === 0) {
    const trainAcc = net.accuracy(train.x(), train.labels);
    const testAcc = net.accuracy(test.x(), test.labels);
    trainAccList.push(trainAcc);
    testAccList.push(testAcc);
    print(`train acc, test acc | ${trainAcc}, ${testAcc}`);
  }
}

const seconds = (performance.now() - begin) / 1000;
const losses = (2 * 39_760 * itersNum).toLocaleString("en-US");
print(`${itersNum} steps in ${seconds.toFixed(1)} s, with ${losses} losses for the gradients`);
print("last loss:", trainLossList[itersNum - 1]);

print("\nloss of the mini-batches, averaged over 50 steps");
const smoothed = Array.from(movingAverage(trainLossList, 50), (loss, i) => [i, loss] as const);
print(plot([{ mark: "●", points: smoothed }], "step"));

// There is no overfitting: the network is as good for images that it has never seen as for the training images.
const byEpoch = (accuracies: number[]) => accuracies.map((accuracy, epoch) => [epoch, accuracy] as const);
const curves = [
  { mark: "●", points: byEpoch(trainAccList) },
  { mark: "○", points: byEpoch(testAccList) },
];
print("\naccuracy: training images (●), test images (○, where they differ)");
print(plot(curves, "epoch"));
print("figures: docs/figures/losses-light.svg and accuracies-light.svg (npm run figures)");
