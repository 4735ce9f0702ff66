import { numericalGradient } from "numgrad";
import { numericalGradient as plainGradient } from "../baseline/numerical-gradient.js";
import { runRace } from "../harness.js";
import { CORE, type Group } from "./setting.js";

const SIZE = 1_000_000;

export const calculus: Group = {
  title: "numericalGradient of any function",
  about:
    "Time of `numericalGradient` for a user's function f, compared with the book's loop in TypeScript: two " +
    `calls of f for each of ${SIZE.toLocaleString("en")} elements. f reads one element only, so this is the time of ` +
    "the loop and of numgrad's checks; a real f takes far longer.",
  async run(setting) {
    const x = new Float64Array(SIZE).fill(0.5);
    const f = (point: Float64Array) => point[3]! * point[3]!;
    setting.compare("gradient of x₃²", plainGradient(f, x), numericalGradient(f, x), 0);
    const race = {
      name: `f(x) = x₃², ${SIZE.toLocaleString("en")} elements`,
      contenders: [
        { name: CORE, run: () => numericalGradient(f, x) },
        { name: "TypeScript", run: () => plainGradient(f, x) },
      ],
    };
    return [await runRace(race, setting.effort)];
  },
};
