import { expect, test, vi } from "vitest";
import { coreBytes, placesOf, withBytes } from "../support/core-bytes.js";

/** What the core of a new page throws at its first use, when it starts from these bytes; undefined if it works. */
async function refusalOf(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
  vi.resetModules();
  const { init } = await import("../../packages/numgrad/src/wasm/runtime.js");
  try {
    init(bytes);
  } catch (error) {
    return error;
  }
  return undefined;
}

const wrong = {
  name: "CoreError",
  message: "the WebAssembly core could not start: this engine computes wrongly",
};

/** The bytes of an instruction on vectors. */
const simd = (code: number) => [0xfd, (code & 127) | 128, code >> 7];

/** Instructions on two lanes in the core, and those that a broken engine may carry out in their place. */
const INSTRUCTIONS: [name: string, code: number, instead: [name: string, code: number][]][] = [
  ["f64x2.add", 0xf0, [["f64x2.sub", 0xf1], ["f64x2.mul", 0xf2], ["f64x2.min", 0xf4]]],
  ["f64x2.sub", 0xf1, [["f64x2.add", 0xf0], ["f64x2.div", 0xf3], ["f64x2.max", 0xf5]]],
  ["f64x2.mul", 0xf2, [["f64x2.add", 0xf0], ["f64x2.div", 0xf3], ["f64x2.pmin", 0xf6]]],
  ["f64x2.div", 0xf3, [["f64x2.mul", 0xf2], ["f64x2.add", 0xf0], ["f64x2.pmax", 0xf7]]],
  ["f64x2.pmin", 0xf6, [["f64x2.pmax", 0xf7], ["f64x2.add", 0xf0]]],
  ["f64x2.pmax", 0xf7, [["f64x2.pmin", 0xf6], ["f64x2.sub", 0xf1]]],
  ["f64x2.abs", 0xec, [["f64x2.sqrt", 0xef]]],
  ["i64x2.add", 0xce, [["i64x2.sub", 0xd1]]],
  ["i64x2.shl", 0xcb, [["i64x2.shr_u", 0xcd]]],
]; // biome-ignore format: a line for each instruction

test("the core as it is built passes its self-test", async () => {
  expect(await refusalOf(coreBytes())).toBeUndefined();
});

test.each(
  INSTRUCTIONS.flatMap(([name, code, instead]) => instead.map(([other, to]) => [name, other, code, to] as const)),
)("an engine that carries out %s as %s is refused at the first use", async (_, __, code, to) => {
  const places = placesOf(simd(code));
  expect(places.length).toBeGreaterThan(0);
  expect(await refusalOf(withBytes(places, simd(to)))).toMatchObject(wrong);
});

test("one wrong product in the exponential or in the product of two vectors is enough", async () => {
  const places = placesOf(simd(0xf2));
  let refused = 0;
  for (const place of places) if (await refusalOf(withBytes([place], simd(0xf0)))) refused++;
  console.log(`one f64x2.mul of ${places.length} as f64x2.add: ${refused} are in the self-test and refused`);
  expect(refused).toBeGreaterThanOrEqual(10);
});

test.each([
  ["the first coefficient", 0.16666666666666555],
  ["the second coefficient", -0.0027777777776696825],
  ["the third coefficient", 6.613756250289797e-5],
  ["the fourth coefficient", -1.6533837352275962e-6],
  ["the last coefficient", 4.1360547602541566e-8],
  ["log₂ e", Math.LOG2E],
  ["the limit of normal numbers", 708],
  ["the number that rounds to an integer", 6_755_399_441_055_744],
])("a wrong constant of the exponential is refused: %s", async (_, constant) => {
  const bytesOf = (number: number) => [...new Uint8Array(Float64Array.of(number).buffer)];
  const places = placesOf(bytesOf(constant));
  expect(places.length).toBeGreaterThan(0);
  expect(await refusalOf(withBytes(places, bytesOf(constant * 1.01)))).toMatchObject(wrong);
});
