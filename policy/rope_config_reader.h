#pragma once

#include "common/json.h"
#include "common/problems.h"
#include "policy/rope_config.h"

namespace rubato {

// The rotary embedding that a config.json describes, in the spelling of transformers 4 (`rope_theta`,
// `rope_scaling`, whose kind is `type` or `rope_type`) or 5 (`rope_parameters`).  `max_positions` is the
// model's, 0 if that is not known.  Everything that is wrong, and every kind that we cannot compute, goes to
// `problems`.
//
// Where releases of transformers differ, this follows 5 (and 4.57, where 5 does not say otherwise):
//   both spellings in one file         rope_scaling, unless it is null or empty
//   `rope_theta` at two places         the one beside the kind; at none: 10000
//   `factor` of yarn                   as it is written; releases before 4.57 took max_position_embeddings /
//                                      original_max_position_embeddings instead.  If null: that ratio.
//   `original_max_position_embeddings` of the file, else of the section, else max_position_embeddings
// `type` and `rope_type` that differ are refused: releases disagree which one counts.
RopeConfig ReadRopeConfig(const Json& config, int max_positions, Problems* problems);

}  // namespace rubato
