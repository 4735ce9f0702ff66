// Section 4.2: a loss says how wrong a network is. The smaller the loss, the better.
import { crossEntropyError, matrix, meanSquaredError } from "numgrad";
import { heading, print } from "./print.js";

heading("1  Loss functions");

// The image shows a 2, so the whole target probability is at the 2 ("one-hot").
const t = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
// One network gives the 2 a probability of 0.6. The other gives this probability to the 7.
const right = [0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0];
const wrong = [0.1, 0.05, 0.1, 0.0, 0.05, 0.1, 0.0, 0.6, 0.0, 0.0];

// E = ½ Σ (yₖ − tₖ)²
print("mean squared error, ½ Σ (y − t)²");
print("  0.6 for the 2:", meanSquaredError(right, t));
// NumPy prints 0.5975, because it adds the ten squares in another order, which changes the last digit.
print("  0.6 for the 7:", meanSquaredError(wrong, t));

// E = −Σ tₖ log yₖ: only the probability of the right answer counts.
print("cross entropy, −Σ t log(y + 1e-7)");
print("  0.6 for the 2:", crossEntropyError(right, t));
print("  0.6 for the 7:", crossEntropyError(wrong, t));

// Without the 1e-7, a probability of 0 would have an infinite loss, and one such image would outweigh all others.
print("  0.0 for the 3:", crossEntropyError(right, 3));

// For a batch, some readers' notes (test/golden/README.md) add the losses, and some also divide by their number.
const y = matrix([right, wrong]);
print("both images together");
print("  sum: ", crossEntropyError(y, [2, 2], { reduction: "sum" }));
print("  mean:", crossEntropyError(y, [2, 2]));
