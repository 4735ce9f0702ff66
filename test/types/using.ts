// This program is compiled to es2022 and run: the network is disposed of at the end of its block.
import { DisposedError, matrix, TwoLayerNet } from "numgrad";

function used(): TwoLayerNet {
  using net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2 });
  if (net.predict(matrix([[0, 1]])).data.length !== 2) throw new Error("the network does not work in its block");
  return net;
}

const net = used();
try {
  net.predict(matrix([[0, 1]]));
} catch (error) {
  console.log(error instanceof DisposedError ? "disposed of" : error);
}
