const { TwoLayerNet } = require("numgrad");
const { allHashes } = require("./commonjs/all-hashes.js");

if (typeof TwoLayerNet !== "function") throw new Error("require gives no TwoLayerNet");
allHashes().then((hashes) => console.log(JSON.stringify(hashes)));
