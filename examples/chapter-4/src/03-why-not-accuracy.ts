// Section 4.2.5: accuracy is the goal, but it cannot be the objective, because it hardly ever changes.
import { loadMnist, numericalGradient, RandomState, SGD, TwoLayerNet } from "numgrad";
import { mnistDirectory } from "numgrad-mnist-files";
import { heading, print } from "./print.js";

heading("3  Why accuracy cannot be the objective");

const { train } = await loadMnist({ directory: mnistDirectory() });
const random = new RandomState(0);
const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random });
const { x, t } = train.batch(random.choice(train.size, 100));

// This network has learned a little: it classifies 32 of 100 images correctly.
const optimizer = new SGD({ learningRate: 0.1 });
while (net.accuracy(x, t) < 0.32) optimizer.update(net.params, net.gradient(x, t, { copy: false }));
print("accuracy", net.accuracy(x, t));
print("loss    ", net.loss(x, t));

// The bias of the 5 is moved a little: the loss changes with every move, the accuracy stays the same and then jumps.
print("\nbias moved by   loss         accuracy");
const { b2 } = net.params;
const bias = b2[5];
for (const move of [-0.1, -0.05, -0.01, -0.001, -0.0001, 0, 0.0001, 0.001, 0.01, 0.05, 0.1]) {
  b2[5] = bias + move;
  print(String(move).padStart(13), " ", net.loss(x, t).toFixed(8), " ", net.accuracy(x, t).toFixed(2));
}
b2[5] = bias;

// So with h = 1e-4 the accuracy is the same on both sides, and the quotient is 0: it gives no direction.
const zeros = (gradient: Float64Array) => gradient.filter((slope) => slope === 0).length;
const ofAccuracy = numericalGradient(() => net.accuracy(x, t), net.params.w2);
const ofLoss = numericalGradient(() => net.loss(x, t), net.params.w2);
print("\nzeros among the 500 slopes in W2");
print("  of the accuracy:", zeros(ofAccuracy));
print("  of the loss:    ", zeros(ofLoss));
