import {
  checkHessian,
  checkJacobian,
  directionalDerivative,
  FunctionError,
  hessian,
  hessianVectorProduct,
  jacobian,
} from "numgrad";
import { expect, test } from "vitest";
import { thrownBy } from "../support/thrown.js";

const rejected = (async () => Promise.reject(new Error("is not an unhandled rejection"))) as never;

test.each<[name: string, expected: string, action: () => unknown]>([
  ["hessian", "a finite number", () => hessian(rejected, [1])],
  ["hessianVectorProduct", "a finite number", () => hessianVectorProduct(rejected, [1], [1])],
  ["directionalDerivative", "a finite number", () => directionalDerivative(rejected, [1], [1])],
  ["checkHessian", "a finite number", () => checkHessian(rejected, [[1]], [1])],
  ["checkJacobian", "an array of numbers", () => checkJacobian(rejected, [[1]], [1])],
  ["jacobian", "an array of numbers", () => jacobian(rejected, [1], { adaptive: true })],
])("%s says that it takes no async f", (name, expected, action) => {
  expect(thrownBy(FunctionError, action).message).toBe(
    `f must return ${expected}, it returned a Promise at x; ${name} takes no async f`,
  );
});
