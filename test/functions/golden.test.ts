import { expect, test } from "vitest";
import { functionCases } from "../support/function-cases.js";
import { readGolden } from "../support/golden.js";

test("the tests of the functions compare every case of golden/functions.json", () => {
  // The names that the tests pass to functionCases. The cross entropies are those of the notes.
  const compared = [
    ...["accuracy", "sigmoid", "softmax", "step_function", "sum_of_squares", "cross_entropy"],
    ...["cross_entropy_mean_targets", "cross_entropy_sum_targets", "cross_entropy_sum_labels"],
  ];
  const { cases } = readGolden<{ cases: { function: string }[] }>("functions.json");
  expect(cases.length).toBe(86);
  expect(new Set(cases.map(({ function: name }) => name))).toEqual(new Set(compared));
  expect(compared.flatMap(functionCases).length).toBe(86);
});
