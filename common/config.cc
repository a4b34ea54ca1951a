#include "common/config.h"

#include <cstdlib>

#include "common/concat.h"
#include "common/config_keys.h"
#include "common/config_set.h"

namespace rubato {

void CheckRequired(const RunConfig& config, const std::string& name, Problems* problems) {
  for (const KeyInfo& key : AllKeys()) {
    if (key.about.required() && !HasKey(config, key)) {
      problems->Add(Concat(name, ": ", key.name, " is missing: ", key.about.help()));
    }
  }
}

void ResolveDefaults(RunConfig* config) {
  for (const KeyInfo& key : AllKeys()) {
    if (key.about.default_().empty() || HasKey(*config, key)) continue;
    // A default that is no value of its key is a mistake in config.proto, which a test finds.
    if (!SetKey(key, key.about.default_(), /*is_quoted=*/false, config).empty()) std::abort();
  }
}

Digest ConfigDigest(const RunConfig& config) {
  // Only the keys that this build knows and that are there: neither empty sections nor unknown fields.
  std::string bytes;
  for (const KeyInfo& key : AllKeys()) {
    if (HasKey(config, key)) bytes += Concat(key.name, "=", ValueAsYaml(config, key), "\n");
  }
  return Sha256(bytes);
}

}  // namespace rubato
