// Trains the book's network on MNIST by central differences: node train.mjs [directory] [steps]
import { loadMnist, RandomState, SGD, TwoLayerNet, train } from "numgrad";

// The directory holds MNIST's four files. Without one they are downloaded, once.
const [directory, steps = 10_000] = process.argv.slice(2);
const data = await loadMnist({ directory });

// The generator gives the first weights and then the batches, as after np.random.seed(0).
const random = new RandomState(0);
const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random });
const optimizer = new SGD({ learningRate: 0.1 });
const run = train(net, data, { optimizer, steps: Number(steps), batchSize: 100, random });

// A step is one update by the gradient of 100 images. All accuracies are measured once an epoch, which is 600 steps.
for await (const { epoch, loss, evaluation } of run) {
  if (!evaluation) continue;
  const { trainAccuracy, testAccuracy } = evaluation;
  console.log(
    `epoch ${epoch}: loss ${loss?.toFixed(4)}, train accuracy ${trainAccuracy}, test accuracy ${testAccuracy}`,
  );
}
console.log(`after ${run.steps} steps: test accuracy ${net.accuracy(data.test.x(), data.test.labels)}`);
