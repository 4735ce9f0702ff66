// Calls init(bytes), or init(module) if the argument is "module".
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { init } from "numgrad";
import { allHashes } from "./all-hashes.js";

const bytes = readFileSync(createRequire(import.meta.url).resolve("numgrad/core.wasm"));
init(process.argv[2] === "module" ? new WebAssembly.Module(bytes) : bytes);
console.log(JSON.stringify(await allHashes()));
