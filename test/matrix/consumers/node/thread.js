import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { allHashes } from "./all-hashes.js";

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  worker.on("message", (hashes) => console.log(JSON.stringify(hashes)));
} else {
  parentPort.postMessage(await allHashes());
}
