import { allHashes } from "../../all-hashes.js";

export async function load() {
  return { hashes: await allHashes() };
}
