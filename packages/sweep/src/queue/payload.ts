import { NUMGRAD } from "../run/plan.js";
import { ID_SCHEMA, LENGTH_SCHEMA, OPTIONS_SCHEMA } from "../run/results.js";
import { identityOf } from "../sweep/trials.js";
import { compile, describeErrors } from "../sweep/validation.js";
import type { Job } from "../trial/job.js";
import { PREFIX } from "./store.js";

/**
 * The queue of this version of numgrad. Another version may round differently, so its workers have another queue.
 */
export const QUEUE = `trials-${NUMGRAD}`;

/** The data of a job in the queue. */
export interface Payload extends Job {
  /** Hash of the images. */
  readonly data: string;
  /** The stream in which the result is announced to its coordinator. */
  readonly stream: string;
}

const isPayload = compile<Payload>({
  type: "object",
  additionalProperties: false,
  required: ["id", "trial", "rung", "options", "length", "keep", "data", "stream"],
  properties: {
    id: ID_SCHEMA,
    trial: { type: "integer", minimum: 0 },
    rung: { type: "integer", minimum: 0 },
    options: OPTIONS_SCHEMA,
    length: LENGTH_SCHEMA,
    from: ID_SCHEMA,
    keep: { type: "boolean" },
    data: { type: "string", pattern: "^[0-9a-f]{64}$" },
    stream: { type: "string", pattern: "^\\{numgrad-sweep\\}:arrived:[0-9a-f-]{36}$" },
  },
});

/** The stream of a coordinator. */
export const streamOf = (name: string) => `${PREFIX}:arrived:${name}`;

/**
 * Checks the data of a job: anybody who can write to the server may have put it there.
 *
 * @returns The payload, or the reason why it is none.
 */
export function readPayload(value: unknown): Payload | string {
  if (!isPayload(value)) return `the job is refused: ${describeErrors(isPayload.errors)}`;
  const { id, options, length, data } = value;
  if (identityOf(options, length, data, NUMGRAD) === id) return value;
  return "the job is refused: id is not the hash of its options, length and data with this version of numgrad";
}
