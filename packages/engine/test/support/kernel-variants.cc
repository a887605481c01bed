// Runs the loops of the kernels as they are compiled for each kind of processor that this one can stand in for, and prints how far each
// lies from the same sums in double precision: variant, loop, largest difference.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <vector>

namespace {
#include "kernel-variants.h"
}

static std::vector<float> Draw(int64_t count, uint32_t state, float scale) {
  std::vector<float> values(count);
  for (float &value : values) {
    state = state * 1664525u + 1013904223u;
    value = (static_cast<float>(state >> 8) / (1 << 23) - 1.0f) * scale;
  }
  return values;
}

static double Furthest(const std::vector<float> &found, const std::vector<double> &wanted) {
  double furthest = 0;
  for (size_t at = 0; at < found.size(); at++) {
    const double difference = std::fabs(found[at] - wanted[at]);
    if (!(difference <= furthest)) furthest = difference;  // NaN too
  }
  return furthest;
}

static void Activations(const Variant &variant) {
  const int64_t count = 16 * 7 + 5;  // the last vector isn't full
  const auto x = Draw(count, 1, 20), dy = Draw(count, 2, 2);
  std::vector<float> y(count), dx(count);
  std::vector<double> wantedY(count), wantedDx(count);
  for (int64_t at = 0; at < count; at++) {
    const double gate = 1 / (1 + std::exp(-static_cast<double>(x[at])));
    wantedY[at] = x[at] * gate;
    wantedDx[at] = dy[at] * gate * (1 + x[at] * (1 - gate));
  }
  variant.loops.swish(x.data(), y.data(), count);
  variant.loops.swishGrad(x.data(), dy.data(), dx.data(), count);
  std::printf("%s swish %g\n%s swishGrad %g\n", variant.name, Furthest(y, wantedY), variant.name, Furthest(dx, wantedDx));
}

static void FilterGradient(const Variant &variant, int64_t stride) {
  const int64_t shape[] = {2, 9, 7, 21};  // channels that fill no vector
  const Convolution c(shape, stride);
  const int64_t size = kKernel * kKernel * c.channels, places = c.outHeight * c.outWidth;
  const auto x = Draw(c.batch * c.height * c.width * c.channels, 3, 1), dy = Draw(c.batch * places * c.channels, 4, 1);
  std::vector<float> slopes(c.batch * size), scratch(c.ScratchSize());
  std::vector<double> wanted(c.batch * size);
  for (int64_t sample = 0; sample < c.batch; sample++) {
    for (int64_t channel = 0; channel < c.channels; channel += kLanes) {
      variant.loops.filterGrad(c, x.data(), dy.data(), slopes.data() + sample * size, sample, channel, scratch.data());
    }
    for (int64_t i = 0; i < kKernel; i++) {
      for (int64_t j = 0; j < kKernel; j++) {
        for (int64_t place = 0; place < places; place++) {
          const int64_t row = place / c.outWidth * stride + i - c.padTop, column = place % c.outWidth * stride + j - c.padLeft;
          if (row < 0 || row >= c.height || column < 0 || column >= c.width) continue;
          for (int64_t channel = 0; channel < c.channels; channel++) {
            const double pixel = x[((sample * c.height + row) * c.width + column) * c.channels + channel];
            wanted[sample * size + (i * kKernel + j) * c.channels + channel] += pixel * dy[(sample * places + place) * c.channels + channel];
          }
        }
      }
    }
  }
  std::printf("%s filterGradStride%d %g\n", variant.name, static_cast<int>(stride), Furthest(slopes, wanted));
}

int main() {
  for (const Variant &variant : kVariants) {
    if (!variant.isSupported()) continue;
    Activations(variant);
    FilterGradient(variant, 1);
    FilterGradient(variant, 2);
  }
  std::printf("best %s\n", std::find_if(std::begin(kVariants), std::end(kVariants), [](const Variant &variant) {
                             return &variant.loops == &BestLoops();
                           })->name);
}
