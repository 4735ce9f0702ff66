// The loss of the network in fixed-point arithmetic of 220 binary places, for exact difference quotients.

const PLACES = 220n;
const ONE = 1n << PLACES;

const multiply = (a: bigint, b: bigint) => (a * b) >> PLACES;
const divide = (a: bigint, b: bigint) => (a << PLACES) / b;

/** ln 2 = 2 artanh(1/3). */
const LN2 = (() => {
  let [sum, power] = [0n, ONE / 3n];
  for (let k = 1n; power > 0n; k += 2n) {
    sum += power / k;
    power /= 9n;
  }
  return 2n * sum;
})();

/** The exact value of a double. */
export function fixed(x: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const word = bits.getBigUint64(0);
  const exponent = Number((word >> 52n) & 2047n);
  const mantissa = (word & ((1n << 52n) - 1n)) | (exponent === 0 ? 0n : 1n << 52n);
  const shift = BigInt(Math.max(exponent, 1) - 1075) + PLACES;
  const size = shift >= 0n ? mantissa << shift : mantissa >> -shift;
  return x < 0 ? -size : size;
}

export const toNumber = (a: bigint) => Number(a >> (PLACES - 160n)) / 2 ** 160;

function exp(x: bigint): bigint {
  const k = BigInt(Math.round(toNumber(x) / Math.LN2));
  // The series is taken for a 256th of the rest, and squared eight times.
  const rest = (x - k * LN2) >> 8n;
  let [sum, term] = [ONE, ONE];
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = multiply(term, rest) / n;
    sum += term;
  }
  for (let i = 0; i < 8; i++) sum = multiply(sum, sum);
  return k >= 0n ? sum << k : sum >> -k;
}

function ln(y: bigint): bigint {
  let z = fixed(Math.log(toNumber(y)));
  // Halley's iteration triples the number of right digits.
  for (let i = 0; i < 2; i++) {
    const e = exp(z);
    z += 2n * divide(y - e, y + e);
  }
  return z;
}

/** Parameters in fixed-point numbers: w1, b1, w2, b2, each row-major. */
export interface FixedNet {
  readonly sizes: readonly [input: number, hidden: number, output: number];
  readonly w1: bigint[];
  readonly b1: bigint[];
  readonly w2: bigint[];
  readonly b2: bigint[];
}

const DELTA = fixed(1e-7);

/** −Σ t ln(y + 1e-7) of one sample, with the doubles x and t. */
export function exactLoss({ sizes, w1, b1, w2, b2 }: FixedNet, x: ArrayLike<number>, t: ArrayLike<number>): bigint {
  const [, hidden, output] = sizes;
  const inputs = Array.from(x, fixed);
  const units = b1.map((bias, j) => {
    const z = inputs.reduce((sum, value, i) => sum + multiply(value, w1[i * hidden + j]!), bias);
    return divide(ONE, ONE + exp(-z));
  });
  const exponentials = b2.map((bias, k) =>
    exp(units.reduce((sum, s, j) => sum + multiply(s, w2[j * output + k]!), bias)),
  );
  const total = exponentials.reduce((sum, e) => sum + e, 0n);
  return exponentials.reduce((sum, e, k) => {
    return t[k] === 0 ? sum : sum - multiply(fixed(t[k]!), ln(divide(e, total) + DELTA));
  }, 0n);
}
