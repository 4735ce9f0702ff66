import { type Gradients, RandomState, rows, TwoLayerNet } from "numgrad";
import { expect, test } from "vitest";
import { PARAMETER_NAMES } from "../../packages/numgrad/src/network/dimensions.js";
import { exactLoss, type FixedNet, fixed, toNumber } from "../support/exact-quotient.js";

const H = 1e-4;
/** NETS=3000 tests as many as the README says. */
const NETS = Number(process.env.NETS ?? 60);
/** The most that the README says; 12.3 was measured. */
const BOUND = 13;

/** One of the random networks, with samples of which many cancel. */
function draw(random: RandomState) {
  const [input, hidden, output] = [1, 1, 1].map(() => random.randint(2, 5)) as [number, number, number];
  const samples = random.randint(1, 4) * 2;
  const spread = 10 ** (-9 + 10 * random.random());
  const net = new TwoLayerNet({ inputSize: input, hiddenSize: hidden, outputSize: output, weightInitStd: 1, random });
  net.params.w2.set(random.randn(hidden * output).map((w) => spread * w));
  net.params.b2.set(random.randn(output).map((b) => spread * b));
  net.params.b1.set(random.randn(hidden));
  const x = { shape: [samples, input] as const, data: random.randn(samples * input) };
  // Every other sample has the inputs of the one before, and another label: the two cancel nearly.
  if (random.random() < 0.5)
    for (let n = 1; n < samples; n += 2) x.data.copyWithin(n * input, (n - 1) * input, n * input);
  const t = { shape: [samples, output] as const, data: new Float64Array(samples * output) };
  if (random.random() < 0.7) for (let n = 0; n < samples; n++) t.data[n * output + (n % 2)] = 1;
  else t.data.set(random.random(samples * output));
  return { net, x, t, sizes: [input, hidden, output] as const };
}

/** The exact quotient of every parameter. */
function exactQuotients({ net, x, t, sizes }: ReturnType<typeof draw>): Gradients {
  const { w1, b1, w2, b2 } = net.params;
  const exact: FixedNet = {
    ...{ sizes, w1: Array.from(w1, fixed), b1: Array.from(b1, fixed) },
    ...{ w2: Array.from(w2, fixed), b2: Array.from(b2, fixed) },
  };
  const samples = rows(x).map((row, n) => [row, rows(t)[n]!] as const);
  const loss = () => samples.reduce((sum, [row, targets]) => sum + exactLoss(exact, row, targets), 0n);
  const h = fixed(H);
  const quotients = PARAMETER_NAMES.map((name) => {
    const values = exact[name].map((value, i) => {
      exact[name][i] = value + h;
      const right = loss();
      exact[name][i] = value - h;
      const difference = right - loss();
      exact[name][i] = value;
      return toNumber(((difference << 220n) / (2n * h * BigInt(samples.length))) as bigint);
    });
    return [name, Float64Array.from(values)];
  });
  return Object.fromEntries(quotients) as unknown as Gradients;
}

/** For every parameter, the sum of the sizes of its parts: one for each sample, target and class. */
function sizesOfParts({ net, x, t, sizes }: ReturnType<typeof draw>): Gradients {
  const [input, hidden, output] = sizes;
  const { w1, b1, w2 } = net.params;
  const sums = { w1: w1.map(() => 0), b1: b1.map(() => 0), w2: w2.map(() => 0), b2: new Float64Array(output) };
  const samples = x.shape[0];
  const probs = rows(net.predict(x));
  for (const [n, row] of rows(x).entries()) {
    const [p, targets] = [probs[n]!, rows(t)[n]!];
    const units = Array.from(
      b1,
      (bias, j) => 1 / (1 + Math.exp(-row.reduce((sum, v, i) => sum + v * w1[i * hidden + j]!, bias))),
    );
    for (let q = 0; q < output; q++) {
      const weight = targets[q]! / samples;
      for (let k = 0; k < output; k++) {
        const part = weight * (k === q ? 1 - p[k]! : p[k]!);
        sums.b2[k]! += part;
        for (let j = 0; j < hidden; j++) {
          sums.w2[j * output + k]! += part * units[j]!;
          const inner =
            weight * p[k]! * Math.abs(w2[j * output + k]! - w2[j * output + q]!) * units[j]! * (1 - units[j]!);
          sums.b1[j]! += inner;
          for (let i = 0; i < input; i++) sums.w1[i * hidden + j]! += inner * Math.abs(row[i]!);
        }
      }
    }
  }
  return sums;
}

test(`of ${NETS} networks every entry is within ${BOUND} ε of the sizes of its parts, where samples cancel too`, () => {
  const random = new RandomState(19);
  let [worst, parameters, relative] = [0, 0, 0];
  for (let net = 0; net < NETS; net++) {
    const drawn = draw(random);
    const got = drawn.net.numericalGradient(drawn.x, drawn.t, { h: H });
    const [exact, sizes] = [exactQuotients(drawn), sizesOfParts(drawn)];
    const largest = Math.max(...PARAMETER_NAMES.flatMap((name) => Array.from(exact[name], Math.abs)));
    for (const name of PARAMETER_NAMES) {
      for (const [i, value] of exact[name].entries()) {
        const error = Math.abs(got[name][i]! - value);
        parameters++;
        worst = Math.max(worst, error / sizes[name][i]! / Number.EPSILON);
        relative = Math.max(relative, error / largest);
      }
    }
    drawn.net.dispose();
  }
  console.log(
    `${parameters} parameters: ${worst.toFixed(1)} ε of the parts; ${relative.toExponential(1)} of the largest entry`,
  );
  expect(worst).toBeLessThan(BOUND);
  // What the samples leave of each other can be small: that the largest entry is no measure is why the parts are.
  expect(relative).toBeGreaterThan(2e-15);
});
