// The family of token weightings: one interface, one small file per scheme, one factory (weight_scheme.cc).
// To add a scheme: a file beside uniform.cc, its function below, a line in the factory, its name in
// credit_settings and in the choices of credit.scheme (proto/config.proto).

#pragma once

#include <memory>
#include <vector>

#include "credit/credit_settings.h"
#include "credit/response_view.h"
#include "credit/token_weights.h"

namespace rubato {

// Immutable after construction; safe from any thread.
class WeightScheme {
 public:
  virtual ~WeightScheme() = default;

  // The score that the scheme ranks, [T], for counting where it is undefined; empty when it ranks none.
  virtual std::vector<double> Score(const ResponseView& response) const = 0;

  // Fills gamma and the index sets of `weights`, which arrives with gamma all 1.  The sign of the advantage
  // is the caller's business.
  virtual void Weigh(const ResponseView& response, TokenWeights* weights) const = 0;
};

std::unique_ptr<WeightScheme> MakeWeightScheme(const CreditSettings& settings);

// The siblings.
std::unique_ptr<WeightScheme> MakeUniform(const CreditSettings& settings);       // C8
std::unique_ptr<WeightScheme> MakeLocalChunk(const CreditSettings& settings);    // C9
std::unique_ptr<WeightScheme> MakeGlobalAnchor(const CreditSettings& settings);  // C10
std::unique_ptr<WeightScheme> MakeCoupled(const CreditSettings& settings);       // C11-C13
std::unique_ptr<WeightScheme> MakeRandom(const CreditSettings& settings);        // C14
std::unique_ptr<WeightScheme> MakeEntropy(const CreditSettings& settings);       // C15

// Gives every position of `set` the weight `amp`: what C9, C10, C14 and C15 do with theirs.
void Amplify(const std::vector<int>& set, double amp, TokenWeights* weights);

}  // namespace rubato
