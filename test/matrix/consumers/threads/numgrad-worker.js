import "numgrad/worker";
