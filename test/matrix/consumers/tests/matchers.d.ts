declare namespace jest {
  type Gradients<R> = import("numgrad").GradientMatchers<R>;
  interface Matchers<R> extends Gradients<R> {}
}
