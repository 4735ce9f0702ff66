import { allHashes } from "./all-hashes.js";

console.log(JSON.stringify(await allHashes()));
