import { teamHashes } from "./team-hashes.js";

console.log(JSON.stringify(await teamHashes()));
