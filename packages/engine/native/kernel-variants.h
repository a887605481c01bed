// One build serves every processor of its architecture: the loops are compiled for each kind, and the best one is taken.
constexpr int64_t kLanes = 16;
constexpr int64_t kKernel = 5;

// A depthwise convolution by a filter of 5 x 5, padded as TensorFlow's SAME.
struct Convolution {
  int64_t batch, height, width, channels, stride, outHeight, outWidth, padTop, padLeft;

  static int64_t OutSize(int64_t size, int64_t stride) { return (size + stride - 1) / stride; }

  Convolution(const int64_t *x, int64_t stride)
      : batch(x[0]), height(x[1]), width(x[2]), channels(x[3]), stride(stride) {
    outHeight = OutSize(height, stride);
    outWidth = OutSize(width, stride);
    padTop = std::max<int64_t>(0, (outHeight - 1) * stride + kKernel - height) / 2;
    padLeft = std::max<int64_t>(0, (outWidth - 1) * stride + kKernel - width) / 2;
  }

  int64_t Blocks() const { return (channels + kLanes - 1) / kLanes; }
  // Of the picture with its padding.
  int64_t PaddedHeight() const { return std::max((outHeight - 1) * stride + kKernel, padTop + height); }
  // Floats: 16 channels of the padded picture and of the gradient that comes in.
  int64_t ScratchSize() const { return (PaddedHeight() * PaddedWidth() + outHeight * outWidth) * kLanes; }
  int64_t PaddedWidth() const { return std::max((outWidth - 1) * stride + kKernel, padLeft + width); }
};

struct Loops {
  void (*swish)(const float *x, float *y, int64_t count);
  void (*swishGrad)(const float *x, const float *dy, float *dx, int64_t count);
  void (*filterGrad)(const Convolution &c, const float *x, const float *dy, float *slopes, int64_t sample, int64_t channel, float *scratch);
};

namespace any_processor {
#include "kernel-loops.h"
}
#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace avx2 {
#include "kernel-loops.h"
}
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,prefer-vector-width=512")
namespace avx512 {
#include "kernel-loops.h"
}
#pragma GCC pop_options
#endif

struct Variant {
  const char *name;
  const Loops &loops;
  bool (*isSupported)();
};

// The best comes first, and the last runs everywhere.
const Variant kVariants[] = {
#if defined(__x86_64__)
    {"avx512", avx512::kLoops,
     [] {
       return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512vl");
     }},
    {"avx2", avx2::kLoops, [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }},
#endif
    {"any", any_processor::kLoops, [] { return true; }},
};

const Loops &BestLoops() {
  return std::find_if(std::begin(kVariants), std::end(kVariants), [](const Variant &variant) { return variant.isSupported(); })->loops;
}
