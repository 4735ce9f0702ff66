declare namespace jest {
  interface Matchers<R> {
    toPassGradientCheck(): R;
  }
}
