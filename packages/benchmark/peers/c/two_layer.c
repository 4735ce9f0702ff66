// The network in C, written by hand for speed: gcc's vectors, weights in rows of whole vectors, lists of the pixels that
// are not black, and an update in place, without a gradient in between. REAL is float or double.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Bytes of a vector register. Of longer vectors gcc makes slow code.
#ifdef __AVX512F__
#define REGISTER 64
#else
#define REGISTER 32
#endif

enum { INPUTS = 784, HIDDEN = 50, CLASSES = 10, LANES = REGISTER / sizeof(REAL), VECTORS = (HIDDEN + LANES - 1) / LANES };
static const REAL RATE = 0.1;

typedef REAL Vector __attribute__((vector_size(REGISTER)));
// One number for each hidden unit, filled up with zeros.
typedef union {
  Vector vectors[VECTORS];
  REAL units[VECTORS * LANES];
} Row;

typedef struct {
  Row w1[INPUTS];
  Row b1;
  Row w2[CLASSES];
  REAL b2[CLASSES];
} Net;

// Pixels that are not black: those of image n have the numbers first[n] to first[n + 1].
typedef struct {
  int64_t count;
  int64_t *first;
  uint16_t *column;
  REAL *value;
  uint8_t *label;
} Images;

// Numbers of images.
typedef struct {
  const Images *images;
  int64_t count;
  int32_t numbers[];
} Batch;

typedef struct {
  Row hidden;
  REAL probs[CLASSES];
} Forward;

static void add(Row *sum, REAL factor, const Row *row) {
  for (int v = 0; v < VECTORS; v++) sum->vectors[v] += factor * row->vectors[v];
}

static void forward(const Net *net, const Images *images, int64_t n, Forward *out) {
  Row z = net->b1;
  for (int64_t i = images->first[n]; i < images->first[n + 1]; i++)
    add(&z, images->value[i], &net->w1[images->column[i]]);
  for (int j = 0; j < VECTORS * LANES; j++) z.units[j] = 1 / (1 + (REAL)exp(-z.units[j]));
  for (int j = HIDDEN; j < VECTORS * LANES; j++) z.units[j] = 0;
  out->hidden = z;

  REAL largest = -INFINITY, sum = 0;
  for (int k = 0; k < CLASSES; k++) {
    Vector dot = z.vectors[0] * net->w2[k].vectors[0];
    for (int v = 1; v < VECTORS; v++) dot += z.vectors[v] * net->w2[k].vectors[v];
    REAL logit = net->b2[k];
    for (int lane = 0; lane < LANES; lane++) logit += dot[lane];
    out->probs[k] = logit;
    if (logit > largest) largest = logit;
  }
  for (int k = 0; k < CLASSES; k++) sum += out->probs[k] = (REAL)exp(out->probs[k] - largest);
  for (int k = 0; k < CLASSES; k++) out->probs[k] /= sum;
}

void step(Net *net, const Batch *batch) {
  const Images *images = batch->images;
  const int64_t count = batch->count;
  Forward *forwards = aligned_alloc(64, count * sizeof(Forward));
  Row *deltas = aligned_alloc(64, count * sizeof(Row));
  for (int64_t n = 0; n < count; n++) {
    const int64_t image = batch->numbers[n];
    Forward *f = &forwards[n];
    forward(net, images, image, f);
    f->probs[images->label[image]] -= 1;
    Row delta;
    memset(&delta, 0, sizeof delta);
    for (int k = 0; k < CLASSES; k++) {
      f->probs[k] *= -RATE / count;
      add(&delta, f->probs[k], &net->w2[k]);
    }
    for (int v = 0; v < VECTORS; v++) delta.vectors[v] *= f->hidden.vectors[v] * (1 - f->hidden.vectors[v]);
    deltas[n] = delta;
  }
  for (int64_t n = 0; n < count; n++) {
    const int64_t image = batch->numbers[n];
    const Row delta = deltas[n];
    for (int64_t i = images->first[image]; i < images->first[image + 1]; i++)
      add(&net->w1[images->column[i]], images->value[i], &delta);
    add(&net->b1, 1, &delta);
    for (int k = 0; k < CLASSES; k++) {
      add(&net->w2[k], forwards[n].probs[k], &forwards[n].hidden);
      net->b2[k] += forwards[n].probs[k];
    }
  }
  free(deltas);
  free(forwards);
}

double accuracy(const Net *net, const Images *images) {
  int64_t correct = 0;
  for (int64_t n = 0; n < images->count; n++) {
    Forward f;
    forward(net, images, n, &f);
    int best = 0;
    for (int k = 1; k < CLASSES; k++)
      if (f.probs[k] > f.probs[best]) best = k;
    correct += best == images->label[n];
  }
  return (double)correct / images->count;
}

void probabilities(const Net *net, const Batch *batch, double *out) {
  for (int64_t n = 0; n < batch->count; n++) {
    Forward f;
    forward(net, batch->images, batch->numbers[n], &f);
    for (int k = 0; k < CLASSES; k++) *out++ = f.probs[k];
  }
}

double loss(const Net *net, const Batch *batch) {
  double sum = 0;
  for (int64_t n = 0; n < batch->count; n++) {
    Forward f;
    forward(net, batch->images, batch->numbers[n], &f);
    sum -= log(f.probs[batch->images->label[batch->numbers[n]]] + 1e-7);
  }
  return sum / batch->count;
}

// Sets one of the parameters w1, b1, w2, b2, which are numbered in this order, row by row.
void set_parameter(Net *net, int64_t index, double value) {
  if (index < INPUTS * HIDDEN) net->w1[index / HIDDEN].units[index % HIDDEN] = value;
  else if ((index -= INPUTS * HIDDEN) < HIDDEN) net->b1.units[index] = value;
  else if ((index -= HIDDEN) < HIDDEN * CLASSES) net->w2[index % CLASSES].units[index / CLASSES] = value;
  else net->b2[index - HIDDEN * CLASSES] = value;
}

Net *create(const double *parameters) {
  Net *net = aligned_alloc(64, (sizeof(Net) + 63) / 64 * 64);
  memset(net, 0, sizeof *net);
  for (int64_t i = 0; i < (INPUTS + 1 + CLASSES) * HIDDEN + CLASSES; i++) set_parameter(net, i, parameters[i]);
  return net;
}

Images *load(const uint8_t *pixels, const uint8_t *labels, int64_t count) {
  int64_t lit = 0;
  for (int64_t i = 0; i < count * INPUTS; i++) lit += pixels[i] != 0;
  Images *images = malloc(sizeof *images);
  *images = (Images){count, malloc((count + 1) * sizeof(int64_t)), malloc(lit * sizeof(uint16_t)),
                     malloc(lit * sizeof(REAL)), malloc(count)};
  memcpy(images->label, labels, count);
  int64_t at = 0;
  for (int64_t n = 0; n < count; n++) {
    images->first[n] = at;
    for (int column = 0; column < INPUTS; column++) {
      const uint8_t pixel = pixels[n * INPUTS + column];
      if (pixel == 0) continue;
      images->column[at] = column;
      // The pixels of all programs are float32 numbers. The quotient is formed in float64, because -ffast-math makes it
      // a product with 1 / 255, which is wrong in the last digit of some float32 numbers.
      images->value[at++] = (float)(pixel / 255.0);
    }
  }
  images->first[count] = at;
  return images;
}

Batch *gather(const Images *images, const int32_t *numbers, int64_t count) {
  Batch *batch = malloc(sizeof *batch + count * sizeof *numbers);
  batch->images = images;
  batch->count = count;
  memcpy(batch->numbers, numbers, count * sizeof *numbers);
  return batch;
}

void drop(Batch *batch) {
  free(batch);
}
