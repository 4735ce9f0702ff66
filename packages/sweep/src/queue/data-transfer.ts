import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { Redis } from "ioredis";
import { SweepError } from "../errors.js";
import { compile, parseJson } from "../sweep/validation.js";
import { type SharedData, type SharedImages, shareData } from "../trial/data.js";
import { PREFIX } from "./store.js";

/** Bytes of a chunk before it is compressed. */
const CHUNK = 2 ** 20;

/** Seconds after which data that no sweep has used are forgotten. */
const KEPT = 30 * 24 * 3600;

/** Most bytes of images and labels: a hostile description must not fill the memory. */
const LARGEST = 2 ** 32;

/** The description of the data: sizes of the parts. */
interface Description {
  readonly train: Sizes;
  readonly test: Sizes;
}

interface Sizes {
  readonly size: number;
  readonly rows: number;
  readonly cols: number;
}

const count = { type: "integer", minimum: 1, maximum: 2 ** 31 };
const sizes = {
  type: "object",
  required: ["size", "rows", "cols"],
  properties: { size: count, rows: count, cols: count },
};
const isDescription = compile<Description>({
  type: "object",
  required: ["train", "test"],
  properties: { train: sizes, test: sizes },
});

const keyOf = (hash: string) => `${PREFIX}:data:${hash}`;

/** Puts the data of a sweep on the server, unless they are there. The description comes last, when all chunks are there. */
export async function uploadData(client: Redis, { hash, train, test }: SharedData): Promise<void> {
  const key = keyOf(hash);
  if ((await client.hexists(key, "description")) === 0) {
    const all = Buffer.concat([train.images, train.labels, test.images, test.labels]);
    for (let i = 0; i * CHUNK < all.length; i++) {
      const chunk = await promisify(gzip)(all.subarray(i * CHUNK, (i + 1) * CHUNK), { level: 1 });
      await client.hset(key, String(i), chunk);
      // If the transfer ends here, this part is forgotten too.
      await client.expire(key, KEPT);
    }
    await client.hset(key, "description", JSON.stringify({ train: sizesOf(train), test: sizesOf(test) }));
  }
  await client.expire(key, KEPT);
}

const sizesOf = ({ labels, rows, cols }: SharedImages): Sizes => ({ size: labels.length, rows, cols });

/**
 * Fetches data from the server.
 *
 * @throws {SweepError} if they are not there, or if they have another hash.
 */
async function downloadData(client: Redis, hash: string): Promise<SharedData> {
  const key = keyOf(hash);
  const description = parseJson((await client.hget(key, "description")) ?? "");
  if (!isDescription(description)) throw new SweepError(`the server has no data with the hash ${hash}`);
  const lengths = [description.train, description.test].flatMap(({ size, rows, cols }) => [size * rows * cols, size]);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total > LARGEST) throw new SweepError(`the data with the hash ${hash} are too large`);
  const chunks: Buffer[] = [];
  for (let i = 0; i * CHUNK < total; i++) {
    const chunk = await client.hgetBuffer(key, String(i));
    if (!chunk) throw new SweepError(`the server has lost a part of the data with the hash ${hash}`);
    chunks.push(await promisify(gunzip)(chunk, { maxOutputLength: CHUNK }));
  }
  const all = Buffer.concat(chunks);
  let start = 0;
  const next = (length: number) => {
    start += length;
    return all.subarray(start - length, start);
  };
  const part = ({ size, rows, cols }: Sizes) => ({
    rows,
    cols,
    images: next(size * rows * cols),
    labels: next(size),
  });
  const data = shareData(part(description.train), part(description.test));
  if (data.hash !== hash) throw new SweepError(`the data on the server do not have the hash ${hash}`);
  return data;
}

/** Data sets that a worker keeps in memory. */
const MOST = 2;

/** Fetches data once, and keeps the last data sets in memory that the threads share. */
export class DataCache {
  readonly #client: Redis;
  readonly #known = new Map<string, Promise<SharedData>>();

  constructor(client: Redis) {
    this.#client = client;
  }

  get(hash: string): Promise<SharedData> {
    const known = this.#known.get(hash) ?? downloadData(this.#client, hash);
    this.#known.delete(hash);
    this.#known.set(hash, known);
    // A failure is not kept: the data may come later.
    known.catch(() => this.#known.delete(hash));
    for (const oldest of [...this.#known.keys()].slice(0, -MOST)) this.#known.delete(oldest);
    return known;
  }
}
