// Operations of our own for TensorFlow on a CPU, where its own are far from what the memory or the processor allow: x * sigmoid(x) and
// its gradient in one pass over memory each, and the gradient of a depthwise convolution's 5 x 5 filter. Registered through TensorFlow's C API
// when the binding is loaded; src/kernels calls them.
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

namespace {

// ---- Threads: TensorFlow's own can't be reached through its C API.

struct Job {
  const std::function<void(int64_t)> *work;
  int64_t tasks;
  std::atomic<int64_t> next{0};
  std::atomic<int64_t> finished{0};
};

class Workers {
 public:
  // Never destroyed: its threads wait until the process ends.
  static Workers &Get() {
    static Workers *const workers = new Workers();
    return *workers;
  }

  // Calls work(0) to work(tasks - 1), on this thread and others; returns when all are done.
  void Run(int64_t tasks, const std::function<void(int64_t)> &work) {
    if (threads_ == 1 || tasks < 2) {
      for (int64_t task = 0; task < tasks; task++) work(task);
      return;
    }
    auto job = std::make_shared<Job>();
    job->work = &work;
    job->tasks = tasks;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      jobs_.push_back(job);
    }
    wake_.notify_all();
    Help(*job);
    std::unique_lock<std::mutex> lock(mutex_);
    jobs_.erase(std::remove(jobs_.begin(), jobs_.end(), job), jobs_.end());
    done_.wait(lock, [&] { return job->finished == job->tasks; });
  }

 private:
  Workers() {
    cpu_set_t allowed;
    const bool known = sched_getaffinity(0, sizeof(allowed), &allowed) == 0;
    threads_ = known ? CPU_COUNT(&allowed) : 1;
    const char *asked = std::getenv("TF_NUM_INTRAOP_THREADS");
    if (asked != nullptr && std::atoi(asked) > 0) threads_ = std::atoi(asked);
    for (int index = 1; index < threads_; index++) std::thread([this] { Work(); }).detach();
  }

  void Work() {
#if defined(__x86_64__)
    _mm_setcsr(_mm_getcsr() | 0x8040);  // tiny numbers become 0, as on TensorFlow's threads: the same result on each
#endif
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      wake_.wait(lock, [&] { return !jobs_.empty(); });
      const std::shared_ptr<Job> job = jobs_.front();
      lock.unlock();
      Help(*job);
      lock.lock();
      jobs_.erase(std::remove(jobs_.begin(), jobs_.end(), job), jobs_.end());
    }
  }

  void Help(Job &job) {
    for (int64_t task; (task = job.next++) < job.tasks;) {
      (*job.work)(task);
      if (++job.finished == job.tasks) {
        std::lock_guard<std::mutex> lock(mutex_);
        done_.notify_all();
      }
    }
  }

  int threads_;
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::deque<std::shared_ptr<Job>> jobs_;
};

#include "kernel-variants.h"

constexpr int64_t kElementsOfTask = 1 << 15;

// The sum of the pictures' gradients, always in the same order: the result depends on no thread.
void SumRows(const float *rows, int64_t count, int64_t size, float *sum) {
  std::fill(sum, sum + size, 0.0f);
  for (int64_t row = 0; row < count; row++) {
    for (int64_t at = 0; at < size; at++) sum[at] += rows[row * size + at];
  }
}

// ---- What TensorFlow calls

struct Status {
  TF_Status *const status = TF_NewStatus();
  ~Status() { TF_DeleteStatus(status); }
  bool ok() const { return TF_GetCode(status) == TF_OK; }
};

struct Tensor {
  TF_Tensor *tensor = nullptr;
  ~Tensor() {
    if (tensor != nullptr) TF_DeleteTensor(tensor);
  }
  float *data() const { return static_cast<float *>(TF_TensorData(tensor)); }
  std::vector<int64_t> shape() const {
    std::vector<int64_t> sizes(TF_NumDims(tensor));
    for (size_t axis = 0; axis < sizes.size(); axis++) sizes[axis] = TF_Dim(tensor, axis);
    return sizes;
  }
};

// Up to three inputs and an output, or a failure that TensorFlow has been told of.
struct Call {
  TF_OpKernelContext *const context;
  Status status;
  Tensor inputs[3];
  Tensor output;

  Call(TF_OpKernelContext *context) : context(context) {
    for (int index = 0; index < std::min(3, TF_NumInputs(context)) && status.ok(); index++) {
      TF_GetInput(context, index, &inputs[index].tensor, status.status);
    }
  }
  bool Refuse(const char *sentence) {
    TF_SetStatus(status.status, TF_INVALID_ARGUMENT, sentence);
    return false;
  }
  // Overwrites an input that nobody needs any more, where it may.
  bool ForwardOrAllocate(int input, const std::vector<int64_t> &shape) {
    int forwarded;
    output.tensor = TF_ForwardInputOrAllocateOutput(context, &input, 1, 0, shape.data(), shape.size(), &forwarded, status.status);
    return status.ok();
  }
  bool Allocate(const std::vector<int64_t> &shape) {
    int64_t bytes = sizeof(float);
    for (const int64_t size : shape) bytes *= size;
    output.tensor = TF_AllocateOutput(context, 0, TF_FLOAT, shape.data(), shape.size(), bytes, status.status);
    return status.ok();
  }
  ~Call() {
    if (!status.ok()) TF_OpKernelContext_Failure(context, status.status);
  }
};

bool IsFilter(const std::vector<int64_t> &shape, int64_t channels) {
  return shape == std::vector<int64_t>{kKernel, kKernel, channels, 1};
}

void InTasks(int64_t count, const std::function<void(int64_t, int64_t)> &work) {
  Workers::Get().Run((count + kElementsOfTask - 1) / kElementsOfTask, [&](int64_t task) {
    const int64_t start = task * kElementsOfTask;
    work(start, std::min(kElementsOfTask, count - start));
  });
}

void ComputeSwish(void *, TF_OpKernelContext *context) {
  Call call(context);
  if (!call.status.ok() || !call.ForwardOrAllocate(0, call.inputs[0].shape())) return;
  const float *x = call.inputs[0].data();
  float *y = call.output.data();
  InTasks(TF_TensorElementCount(call.output.tensor), [&](int64_t start, int64_t count) { BestLoops().swish(x + start, y + start, count); });
}

void ComputeSwishGrad(void *, TF_OpKernelContext *context) {
  Call call(context);
  if (!call.status.ok()) return;
  if (call.inputs[0].shape() != call.inputs[1].shape()) {
    call.Refuse("WenlanSwishGrad: x and dy differ in shape");
    return;
  }
  if (!call.ForwardOrAllocate(1, call.inputs[1].shape())) return;
  const float *x = call.inputs[0].data(), *dy = call.inputs[1].data();
  float *dx = call.output.data();
  InTasks(TF_TensorElementCount(call.output.tensor),
          [&](int64_t start, int64_t count) { BestLoops().swishGrad(x + start, dy + start, dx + start, count); });
}

template <int kStride>
void ComputeFilterGrad(void *, TF_OpKernelContext *context) {
  Call call(context);
  if (!call.status.ok()) return;
  const auto shape = call.inputs[0].shape(), taps = call.inputs[1].shape();
  if (shape.size() != 4 || !IsFilter(taps, shape[3])) {
    call.Refuse("WenlanDepthwiseFilterGrad: x is to be [batch, height, width, channels] and the filter [5, 5, channels, 1]");
    return;
  }
  const Convolution c(shape.data(), kStride);
  if (call.inputs[2].shape() != std::vector<int64_t>{c.batch, c.outHeight, c.outWidth, c.channels}) {
    call.Refuse("WenlanDepthwiseFilterGrad: dy is to be [batch, height / stride, width / stride, channels] of x, rounded up");
    return;
  }
  if (!call.Allocate(taps)) return;
  const float *x = call.inputs[0].data(), *dy = call.inputs[2].data();
  const int64_t size = kKernel * kKernel * c.channels;
  std::vector<float> slopes(std::max<int64_t>(c.batch, 1) * size);
  Workers::Get().Run(c.batch * c.Blocks(), [&](int64_t task) {
    const int64_t sample = task / c.Blocks();
    thread_local std::vector<float> scratch;
    scratch.resize(c.ScratchSize());
    BestLoops().filterGrad(c, x, dy, slopes.data() + sample * size, sample, task % c.Blocks() * kLanes, scratch.data());
  });
  SumRows(slopes.data(), c.batch, size, call.output.data());
}

// ---- Shapes that are known before anything is computed

template <int kInput>
void ShapeOfInput(TF_ShapeInferenceContext *context, TF_Status *status) {
  TF_ShapeHandle *shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, kInput, shape, status);
  if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, 0, shape, status);
  TF_DeleteShapeHandle(shape);
}

// ---- Registration, when the binding is loaded

void Register(const char *name, const std::vector<const char *> &inputs, const char *output,
              void (*shape)(TF_ShapeInferenceContext *, TF_Status *), void (*compute)(void *, TF_OpKernelContext *)) {
  Status status;
  TF_OpDefinitionBuilder *op = TF_NewOpDefinitionBuilder(name);
  for (const char *input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  TF_OpDefinitionBuilderAddOutput(op, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, shape);
  TF_RegisterOpDefinition(op, status.status);
  TF_KernelBuilder *kernel = TF_NewKernelBuilder(
      name, "CPU", [](TF_OpKernelConstruction *) -> void * { return nullptr; }, compute, [](void *) {});
  if (status.ok()) TF_RegisterKernelBuilder(name, kernel, status.status);
  // Whoever asks for an operation that couldn't be registered is told that there is none.
}

const bool registered = [] {
  Register("WenlanSwish", {"x: float"}, "y: float", ShapeOfInput<0>, ComputeSwish);
  Register("WenlanSwishGrad", {"x: float", "dy: float"}, "dx: float", ShapeOfInput<0>, ComputeSwishGrad);
  Register("WenlanDepthwiseFilterGradStride1", {"x: float", "filter: float", "dy: float"}, "slope: float", ShapeOfInput<1>,
           ComputeFilterGrad<1>);
  Register("WenlanDepthwiseFilterGradStride2", {"x: float", "filter: float", "dy: float"}, "slope: float", ShapeOfInput<1>,
           ComputeFilterGrad<2>);
  return true;
}();

}  // namespace
