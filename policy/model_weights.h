#pragma once

#include <vector>

#include "common/problems.h"
#include "kernels/parallel.h"
#include "policy/model_config.h"
#include "policy/slab.h"
#include "policy/slab_digest.h"
#include "policy/slab_layout.h"
#include "policy/weight_files.h"

namespace rubato {

// Whether the sizes in config.json are sound, so that the tensors of the model are known.
bool HasSizes(const ModelConfig& config);

// Where the values of each tensor of a layout lie on disk: sources[i] belongs to layout.tensors()[i].  Points
// into the WeightFiles that it was made from.
using WeightSources = std::vector<const SafetensorsTensor*>;

// Compares what is on disk with what the model needs: tensors that are missing, of another shape or of a type
// that is not read, and those that the model has not, go to `problems`.  A tied head that is stored a second
// time must equal the embedding; one that is stored alone stands for it.  Null where there is no usable
// source.
WeightSources MatchWeights(const WeightFiles& files, const ModelConfig& config, const SlabLayout& layout,
                           Problems* problems);

// Problems that need no config: types that are not read.
void CheckTypes(const WeightFiles& files, Problems* problems);

// Problems of values: the first of each tensor that is not finite.  Looks at `sources`, or at every tensor of
// a weight type if they are unknown (empty).
void CheckValues(const WeightFiles& files, const WeightSources& sources, ThreadPool* pool,
                 Problems* problems);

// Converts everything into a new slab, and checks values on the way.  `sources` has no null.
Slab LoadWeights(const WeightSources& sources, const SlabLayout& layout, ThreadPool* pool,
                 Problems* problems);

// The digest of that slab, without having it: needs 4 MiB per thread.
SlabDigest DigestWeights(const WeightSources& sources, const SlabLayout& layout, ThreadPool* pool);

}  // namespace rubato
