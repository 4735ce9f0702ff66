// As in React Native, whose engine has no WebAssembly, and whose older versions have no TextDecoder.
delete globalThis.WebAssembly;
delete globalThis.TextDecoder;
delete globalThis.TextEncoder;
const { numericalGradient, TwoLayerNet } = await import("numgrad");
const { encodeNpz, parseNpz } = await import("numgrad/files");

const gradient = numericalGradient(([x]) => x ** 2, [3]);
const { data } = parseNpz(encodeNpz({ gradient })).get("gradient");
if (data[0] !== gradient[0]) throw new Error(`${data[0]} instead of ${gradient[0]}`);
try {
  new TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 2 });
} catch ({ name, message }) {
  console.log(`${name}: ${message}`);
}
