import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { isResult } from "../run/results.js";
import { parseJson } from "../sweep/validation.js";
import type { TrialResult } from "../trial/job.js";
import type { CheckpointKind, CheckpointStore } from "../trial/pool.js";

/** Beginning of all keys. The braces keep them on one node of a cluster, where scripts can use them together. */
export const PREFIX = "{numgrad-sweep}";

/** Seconds after which results and checkpoints that nobody has fetched are forgotten. */
const KEPT = 14 * 24 * 3600;

const resultKey = (id: string) => `${PREFIX}:result:${id}`;
const fenceKey = (id: string) => `${PREFIX}:fence:${id}`;

/**
 * Gives the trial to a worker: its token replaces that of any worker before. The token has a counter, and a random part
 * in case that the server has lost its last writes and counts the same numbers again.
 */
const CLAIM = `
if redis.call("EXISTS", KEYS[1]) == 1 then return "" end
local token = redis.call("INCR", KEYS[3]) .. "-" .. ARGV[1]
redis.call("SET", KEYS[2], token, "EX", ARGV[2])
return token
`;

/** Writes a result, if there is none and the worker is the last one that has claimed the trial. */
const WRITE = `
if redis.call("EXISTS", KEYS[1]) == 1 then return "known" end
if redis.call("GET", KEYS[2]) ~= ARGV[1] then return "late" end
redis.call("SET", KEYS[1], ARGV[2], "EX", ARGV[3])
redis.call("DEL", KEYS[2])
redis.call("XADD", KEYS[3], "MAXLEN", "~", 10000, "*", "id", ARGV[4])
redis.call("EXPIRE", KEYS[3], ARGV[3])
return "written"
`;

/** Results and checkpoints in Redis. */
export class QueueStore implements CheckpointStore {
  readonly #client: Redis;
  readonly #warn: (text: string) => void;

  constructor(client: Redis, warn: (text: string) => void) {
    this.#client = client;
    this.#warn = warn;
  }

  /** A token for the trial; undefined if it has a result. */
  async claim(id: string): Promise<string | undefined> {
    const keys = [resultKey(id), fenceKey(id), `${PREFIX}:fences`];
    const token = (await this.#client.eval(CLAIM, keys.length, ...keys, randomUUID(), KEPT)) as string;
    return token === "" ? undefined : token;
  }

  /** Writes a result once. A worker whose token is not the last one is refused: `"late"`. */
  async write(result: TrialResult, token: string, stream: string): Promise<"written" | "known" | "late"> {
    const { id } = result;
    const keys = [resultKey(id), fenceKey(id), stream];
    const answer = await this.#client.eval(WRITE, keys.length, ...keys, token, JSON.stringify(result), KEPT, id);
    return answer as "written" | "known" | "late";
  }

  /** The results with these identities, as far as there are any. One that is no result is removed. */
  async results(ids: readonly string[]): Promise<Map<string, TrialResult>> {
    const found = new Map<string, TrialResult>();
    if (ids.length === 0) return found;
    const texts = await this.#client.mget(ids.map(resultKey));
    for (const [i, text] of texts.entries()) {
      if (text === null) continue;
      const [id, value] = [ids[i]!, parseJson(text)];
      if (isResult(value) && value.id === id) {
        found.set(id, value);
      } else {
        this.#warn(
          `the server holds something else than a result of trial ${id}; it is removed, and the trial done again`,
        );
        await this.#client.del(resultKey(id));
      }
    }
    return found;
  }

  load(id: string, kind: CheckpointKind): Promise<Uint8Array | undefined> {
    return this.#client.getBuffer(checkpointKey(id, kind)).then(
      (bytes) => bytes ?? undefined,
      () => undefined,
    );
  }

  async save(id: string, kind: CheckpointKind, bytes: Uint8Array): Promise<void> {
    try {
      await this.#client.set(checkpointKey(id, kind), Buffer.from(bytes), "EX", KEPT);
    } catch {
      this.#warn("a checkpoint could not be written, its training may begin again");
    }
  }

  async remove(id: string, kind: CheckpointKind): Promise<void> {
    await this.#client.del(checkpointKey(id, kind)).catch(() => {});
  }
}

const checkpointKey = (id: string, kind: CheckpointKind) => `${PREFIX}:checkpoint:${id}:${kind}`;
