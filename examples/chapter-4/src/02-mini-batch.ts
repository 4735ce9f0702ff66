// Sections 4.2.3 and 4.2.4: 60,000 images are too many for one step, so each step uses some of them.
import { crossEntropyError, loadMnist, matrix, RandomState, TwoLayerNet } from "numgrad";
import { mnistDirectory } from "numgrad-mnist-files";
import { heading, print, tuple } from "./print.js";

heading("2  Mini-batches");

const { train } = await loadMnist({ directory: mnistDirectory() });
const [xTrain, tTrain] = [train.x(), train.oneHot()];
print("x_train", tuple(xTrain.shape)); // one row of 28 × 28 pixels for each image
print("t_train", tuple(tTrain.shape)); // one row of ten targets for each

const trainSize = train.size;
const batchSize = 10;
const random = new RandomState(0); // np.random.seed(0): NumPy draws the same images
const batchMask = random.choice(trainSize, batchSize);
const { x: xBatch, t: tBatch } = train.batch(batchMask);
print("images ", batchMask);
print("labels ", tBatch);
print("x_batch", tuple(xBatch.shape));

// The loss of the batch is an estimate of the loss of all images, as a poll is of the opinion of all people.
const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random });
print("loss of the batch:      ", net.loss(xBatch, tBatch));
print("loss of all the images: ", net.loss(xTrain, train.labels));
print("guessing costs log 10 = ", Math.log(10));

// With labels instead of one-hot rows, y[np.arange(batch_size), t] picks the probabilities of the labels.
const t = [2, 7, 0, 9, 4];
print("labels [2 7 0 9 4] pick:", ...t.map((label, row) => `y[${row},${label}]`));
const y = net.predict(xBatch);
const oneHot = matrix(Array.from(tBatch, (label) => Array.from({ length: 10 }, (_, k) => Number(k === label))));
print("same loss either way:   ", crossEntropyError(y, tBatch) === crossEntropyError(y, oneHot));

// An epoch is the number of steps that use as many images as there are.
const epoch = (size: number, batch: number) => Math.max(size / batch, 1);
print("epoch of 10000 images, 1000 at a time:", epoch(10_000, 1_000), "steps");
print("epoch of 10000 images, 100 at a time: ", epoch(10_000, 100), "steps");
print("epoch of 60000 images, 100 at a time: ", epoch(60_000, 100), "steps");
