// The loops over numbers, included once for each kind of processor: vectors of the compiler's, cut to what the processor has.
// Nothing of the standard library's: it would be compiled for another.
#define INLINE static inline __attribute__((always_inline))

typedef float Lanes __attribute__((vector_size(64), aligned(4)));
typedef int32_t IntLanes __attribute__((vector_size(64), aligned(4)));

INLINE Lanes LoadSome(const float *from, int64_t count) {
  Lanes some{};
  for (int64_t lane = 0; lane < count; lane++) some[lane] = from[lane];
  return some;
}
// The last of a row may be less than a whole vector.
INLINE Lanes Load(const float *from, int64_t count) {
  return count >= kLanes ? *reinterpret_cast<const Lanes *>(from) : LoadSome(from, count);
}
INLINE void Store(float *to, int64_t count, Lanes lanes) {
  if (count >= kLanes) {
    *reinterpret_cast<Lanes *>(to) = lanes;
  } else {
    for (int64_t lane = 0; lane < count; lane++) to[lane] = lanes[lane];
  }
}

// e^x within two units in the last place (Cody and Waite's reduction, the polynomial of Cephes' expf); keeps NaN.
INLINE Lanes Exp(Lanes x) {
  const Lanes high = Lanes{} + 88.3f, low = Lanes{} - 87.3f;
  x = x > high ? high : x;
  x = x < low ? low : x;
  const Lanes magic = Lanes{} + 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer, in the low bits
  const Lanes shifted = x * 1.44269504088896341f + magic;
  const Lanes power = shifted - magic;
  const Lanes rest = x - power * 0.693359375f + power * 2.12194440e-4f;
  Lanes sum = Lanes{} + 1.9875691500e-4f;
  sum = sum * rest + 1.3981999507e-3f;
  sum = sum * rest + 8.3334519073e-3f;
  sum = sum * rest + 4.1665795894e-2f;
  sum = sum * rest + 1.6666665459e-1f;
  sum = sum * rest + 5.0000001201e-1f;
  sum = sum * rest * rest + rest + 1.0f;
  const IntLanes exponent = (((IntLanes)shifted - (IntLanes)magic) + 127) << 23;
  return sum * (Lanes)exponent;
}

INLINE Lanes Sigmoid(Lanes x) { return 1.0f / (1.0f + Exp(-x)); }

static void Swish(const float *x, float *y, int64_t count) {
  for (int64_t at = 0; at < count; at += kLanes) {
    const Lanes value = Load(x + at, count - at);
    Store(y + at, count - at, value * Sigmoid(value));
  }
}

static void SwishGrad(const float *x, const float *dy, float *dx, int64_t count) {
  for (int64_t at = 0; at < count; at += kLanes) {
    const Lanes value = Load(x + at, count - at), slope = Load(dy + at, count - at);
    const Lanes gate = Sigmoid(value);
    Store(dx + at, count - at, slope * (gate * (1.0f + value * (1.0f - gate))));
  }
}

// 16 channels of a picture, side by side and with zeros around: the innermost loops then know no edge and miss no cache.
INLINE void Pack(const Convolution &c, const float *x, int64_t sample, int64_t channel, float *packed) {
  const int64_t paddedWidth = c.PaddedWidth(), places = c.PaddedHeight() * paddedWidth;
  for (int64_t place = 0; place < places; place++) Store(packed + place * kLanes, kLanes, Lanes{});
  for (int64_t row = 0; row < c.height; row++) {
    const float *from = x + ((sample * c.height + row) * c.width) * c.channels + channel;
    float *to = packed + ((row + c.padTop) * paddedWidth + c.padLeft) * kLanes;
    for (int64_t column = 0; column < c.width; column++) {
      Store(to + column * kLanes, kLanes, Load(from + column * c.channels, c.channels - channel));
    }
  }
}

// The gradient of the filter [5, 5, channels] by one picture, for 16 channels; a row of the filter at a time, since all would not fit into
// the registers of every processor.
static void FilterGrad(const Convolution &c, const float *x, const float *dy, float *slopes, int64_t sample, int64_t channel,
                       float *scratch) {
  const int64_t count = c.channels - channel, paddedWidth = c.PaddedWidth(), places = c.outHeight * c.outWidth;
  float *upstream = scratch;  // [outHeight, outWidth, 16]
  float *packed = scratch + places * kLanes;
  const float *from = dy + sample * places * c.channels + channel;
  for (int64_t place = 0; place < places; place++) Store(upstream + place * kLanes, kLanes, Load(from + place * c.channels, count));
  Pack(c, x, sample, channel, packed);
  for (int64_t i = 0; i < kKernel; i++) {
    Lanes sums[kKernel]{};
    for (int64_t row = 0; row < c.outHeight; row++) {
      const float *pixels = packed + (row * c.stride + i) * paddedWidth * kLanes;
      const float *slope = upstream + row * c.outWidth * kLanes;
      for (int64_t column = 0; column < c.outWidth; column++) {
        const Lanes dyHere = Load(slope + column * kLanes, kLanes);
#pragma GCC unroll 5
        for (int64_t j = 0; j < kKernel; j++) sums[j] += Load(pixels + (column * c.stride + j) * kLanes, kLanes) * dyHere;
      }
    }
    for (int64_t j = 0; j < kKernel; j++) Store(slopes + (i * kKernel + j) * c.channels + channel, count, sums[j]);
  }
}

constexpr Loops kLoops = {Swish, SwishGrad, FilterGrad};
#undef INLINE
