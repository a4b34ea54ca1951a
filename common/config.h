// The configuration of a run: YAML in, RunConfig out, and all that is known of its keys.
//
// proto/config.proto is the only list of keys; what is said there (help, unit, default, range, choices)
// drives the reader, the defaults, Explain and the reference page.  Pure functions but for reading the one
// file.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/digest.h"
#include "common/problems.h"
#include "proto/config.pb.h"

namespace rubato {

// Reads a YAML file and then applies `overrides` ("learner.lr=3e-4") in order.  Gives what was understood and
// adds to `problems`, each with "FILE:LINE: ": unknown and duplicate keys, wrong types, values out of range
// or not among the choices, required keys that are missing.  Keys that were not given stay absent.  Relative
// paths become absolute: those of the file relative to its directory, those of overrides relative to the
// working directory.
RunConfig LoadRunConfig(const std::string& path, const std::vector<std::string>& overrides,
                        Problems* problems);

// The same from text; `name` stands for the file in messages, `directory` is what paths are relative to.
RunConfig ParseRunConfig(std::string_view yaml, const std::string& name, const std::string& directory,
                         Problems* problems);

// Applies one "section.key=value"; what is wrong goes to `problems`.
void ApplyOverride(std::string_view assignment, RunConfig* config, Problems* problems);

// Adds a problem for each required key that is absent.  LoadRunConfig has done so.
void CheckRequired(const RunConfig& config, const std::string& name, Problems* problems);

// Fills every absent key that has a default.  Keys without one stay absent (credit/ resolves those of its
// presets). Idempotent.
void ResolveDefaults(RunConfig* config);

// Sections and keys in the order of config.proto, present keys only.  Reading it gives the same
// configuration.
std::string ToYaml(const RunConfig& config);

// SHA-256 over a serialisation that depends on the present keys and their values alone.
Digest ConfigDigest(const RunConfig& config);

// What is known of "section.key", or of all keys of "section".  NOT_FOUND naming the nearest key.
absl::StatusOr<std::string> Explain(std::string_view key);
// Of all keys.
std::string ExplainAll();

}  // namespace rubato
