#include "learner/feed_forward_pass.h"

#include <algorithm>

#include "kernels/add.h"
#include "kernels/linear.h"
#include "kernels/rms_norm.h"
#include "kernels/swiglu.h"
#include "learner/linear_backward.h"

namespace rubato {

FeedForwardPass::FeedForwardPass(const TrainingWeights* weights, int layer)
    : weights_(*weights),
      layer_(weights->model().layers()[layer]),
      tensors_(weights->roles().layers[layer]),
      hidden_(weights->config().hidden),
      ffn_(weights->config().ffn) {}

void FeedForwardPass::Forward(int rows, float* x, FeedForwardScratch* scratch) {
  const int64_t hidden_floats = static_cast<int64_t>(rows) * hidden_;
  const int64_t ffn_floats = static_cast<int64_t>(rows) * ffn_;
  std::copy_n(x, hidden_floats, input_.Reserve(hidden_floats));
  float* normed = normed_.Reserve(hidden_floats);
  RmsNorm(x, hidden_, weights_.at(tensors_.post_norm), weights_.config().rms_norm_eps, rows, hidden_, normed,
          hidden_);
  float* gate_up = gate_up_.Reserve(2 * ffn_floats);
  LinearArgs expand;
  expand.x = normed;
  expand.rows = rows;
  expand.x_stride = hidden_;
  expand.bias = BiasOrNull(layer_.gate_up_bias);
  expand.y = gate_up;
  expand.y_stride = 2 * ffn_;
  Linear(expand, layer_.gate_up);
  float* gated = gated_.Reserve(ffn_floats);
  Swiglu(gate_up, gate_up + ffn_, 2 * ffn_, rows, ffn_, gated, ffn_);
  LinearArgs contract;
  contract.x = gated;
  contract.rows = rows;
  contract.x_stride = ffn_;
  contract.bias = BiasOrNull(layer_.down_bias);
  contract.y = scratch->projected.Reserve(hidden_floats);
  contract.y_stride = hidden_;
  Linear(contract, layer_.down);
  AddTo(contract.y, hidden_floats, x);
}

void FeedForwardPass::Backward(int rows, float* dx, FeedForwardScratch* scratch, float* gradient) {
  float* d_gated = scratch->d_gated.Reserve(static_cast<int64_t>(rows) * ffn_);
  float* d_gate_up = scratch->d_gate_up.Reserve(static_cast<int64_t>(rows) * 2 * ffn_);
  float* d_normed = scratch->d_normed.Reserve(static_cast<int64_t>(rows) * hidden_);
  DownBackward(rows, dx, d_gated, gradient);
  SwigluBackward(gate_up_.data(), gate_up_.data() + ffn_, 2 * ffn_, d_gated, ffn_, rows, ffn_, d_gate_up,
                 d_gate_up + ffn_, 2 * ffn_);
  GateUpBackward(rows, d_gate_up, d_normed, gradient);
  RmsNormBackward(input_.data(), hidden_, weights_.at(tensors_.post_norm), weights_.config().rms_norm_eps,
                  d_normed, hidden_, rows, hidden_, dx, hidden_, gradient + tensors_.post_norm->offset);
}

void FeedForwardPass::DownBackward(int rows, const float* dx, float* d_gated, float* gradient) {
  LinearBackwardArgs args;
  args.rows = rows;
  args.outputs = hidden_;
  args.inputs = ffn_;
  args.dy = dx;
  args.dy_stride = hidden_;
  args.x = gated_.data();
  args.x_stride = ffn_;
  args.w = weights_.at(tensors_.down);
  args.dx = d_gated;
  args.dw = gradient + tensors_.down->offset;
  args.dbias = AtOrNull(gradient, tensors_.down_bias);
  LinearBackward(args);
}

void FeedForwardPass::GateUpBackward(int rows, const float* d_gate_up, float* d_normed, float* gradient) {
  LinearBackwardArgs args;
  args.rows = rows;
  args.outputs = ffn_;
  args.inputs = hidden_;
  args.dy = d_gate_up;
  args.dy_stride = 2 * ffn_;
  args.x = normed_.data();
  args.x_stride = hidden_;
  args.w = weights_.at(tensors_.gate);
  args.dx = d_normed;
  args.dw = gradient + tensors_.gate->offset;
  if (tensors_.up_bias == nullptr) {
    // Sorted by name, gate_proj.weight and up_proj.weight lie side by side: one matrix.
    args.outputs = 2 * ffn_;
    LinearBackward(args);
    return;
  }
  args.dbias = AtOrNull(gradient, tensors_.gate_bias);
  LinearBackward(args);
  args.dy = d_gate_up + ffn_;
  args.w = weights_.at(tensors_.up);
  args.add_to_dx = true;
  args.dw = gradient + tensors_.up->offset;
  args.dbias = AtOrNull(gradient, tensors_.up_bias);
  LinearBackward(args);
}

}  // namespace rubato
