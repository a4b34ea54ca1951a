#include "credit/credit_settings.h"

#include "stats/sampled_layers.h"

namespace rubato {

std::string_view Name(Scheme scheme) {
  switch (scheme) {
    case Scheme::kUniform:
      return "uniform";
    case Scheme::kLocalChunk:
      return "local_chunk";
    case Scheme::kGlobalAnchor:
      return "global_anchor";
    case Scheme::kCoupled:
      return "coupled";
    case Scheme::kRandom:
      return "random";
    case Scheme::kEntropy:
      return "entropy";
  }
  return "?";
}

Capture CaptureFor(const CreditSettings& settings, const ModelShape& model) {
  Capture capture;
  capture.w = settings.w;
  capture.h_lo = settings.h_lo;
  capture.h_hi = settings.h_hi;
  capture.layers = SampledLayers(model.layers);
  capture.heads = model.query_heads;
  capture.head_share = settings.head_share;
  return capture;
}

bool NeedsStatistics(Scheme scheme) { return scheme != Scheme::kUniform && scheme != Scheme::kEntropy; }

}  // namespace rubato
