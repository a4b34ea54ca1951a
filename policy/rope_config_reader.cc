#include "policy/rope_config_reader.h"

#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "common/concat.h"
#include "policy/config_reader.h"

namespace rubato {

namespace {

constexpr std::string_view kFile = "config.json";
constexpr double kDefaultTheta = 10000;
constexpr std::string_view kOriginal = "original_max_position_embeddings";

// Why a kind is refused; empty for one that nobody knows.
std::string_view WhyNot(std::string_view kind) {
  if (kind == "dynamic") return "its angles depend on the length of the sequence";
  if (kind == "longrope" || kind == "su") return "its angles depend on the length of the sequence";
  if (kind == "mrope") return "it is made for pictures";
  if (kind == "proportional") return "it turns a part of every head";
  return "it is unknown";
}

std::optional<RopeKind> KindOf(std::string_view name) {
  if (name == "default") return RopeKind::kDefault;
  if (name == "linear") return RopeKind::kLinear;
  if (name == "llama3") return RopeKind::kLlama3;
  if (name == "yarn") return RopeKind::kYarn;
  return std::nullopt;
}

const Json& NoMembers() {
  static const Json& none = *new Json;
  return none;
}

// The members of one model's rotary embedding, wherever they stand.
class RopeReader {
 public:
  RopeReader(const Json& config, int max_positions, Problems* problems)
      : max_positions_(max_positions),
        file_(kFile, "", config, problems),
        section_name_(SectionName()),
        section_json_(section_name_.empty() ? nullptr : file_.Find(section_name_)),
        section_(kFile, section_name_, section_json_ == nullptr ? NoMembers() : *section_json_, problems) {}

  RopeConfig Read() {
    RopeConfig rope;
    RefusePartialAndMultimodal();
    if (const std::optional<RopeKind> kind = ReadKind(); kind.has_value()) rope.kind = *kind;
    rope.theta = ReadTheta();
    if (rope.kind != RopeKind::kDefault) rope.factor = ReadFactor(rope.kind);
    if (rope.kind == RopeKind::kLlama3) ReadLlama3(&rope);
    if (rope.kind == RopeKind::kYarn) ReadYarn(&rope);
    return rope;
  }

 private:
  std::string_view SectionName() {
    const Json* scaling = file_.ObjectIfSaid("rope_scaling");
    if (scaling != nullptr && !scaling->object().empty()) return "rope_scaling";
    return file_.ObjectIfSaid("rope_parameters") != nullptr ? "rope_parameters" : "";
  }

  std::optional<RopeKind> ReadKind() {
    if (const std::string_view layers = PerLayerKey(); !layers.empty()) {
      section_.Add(Concat(section_.Name(layers), " describes one kind of layer, but these models have one ",
                          "rotary embedding; move its members up into \"", section_name_, "\""));
      return std::nullopt;
    }
    const std::optional<std::string> now = section_.TextIfSaid("rope_type");
    const std::optional<std::string> old = section_.TextIfSaid("type");
    if (now.has_value() && old.has_value() && *now != *old) {
      section_.Add(Concat(section_.Name("rope_type"), " is \"", *now, "\" and ", section_.Name("type"),
                          " is \"", *old, "\"; remove the one that is wrong"));
      return std::nullopt;
    }
    if (!now.has_value() && !old.has_value()) {
      if (section_.Find("factor") != nullptr) {
        section_.Add(Concat(section_.Name("factor"), " is ", ShowValue(*section_.Find("factor")),
                            ", but \"rope_type\" is absent; say which kind of scaling it belongs to"));
      }
      return RopeKind::kDefault;
    }
    const std::string& name = now.has_value() ? *now : *old;
    const std::optional<RopeKind> kind = KindOf(name);
    if (!kind.has_value()) {
      section_.Add(Concat(section_.Name(now.has_value() ? "rope_type" : "type"), " is ",
                          ShowValue(Json(name)), ", which is not supported, as ", WhyNot(name),
                          "; choose a model with \"default\", \"linear\", \"llama3\" or \"yarn\""));
    }
    return kind;
  }

  // transformers 5 nests the parameters of models whose layers differ.
  std::string_view PerLayerKey() const {
    if (section_json_ == nullptr) return "";
    for (const auto& [key, value] : section_json_->object()) {
      if (value.is_object()) return key;
    }
    return "";
  }

  void RefusePartialAndMultimodal() {
    for (ConfigReader* reader : {&file_, &section_}) {
      const std::optional<double> part = reader->NumberFrom("partial_rotary_factor", 0);
      if (part.value_or(1) != 1) {
        reader->Add(Concat(reader->Name("partial_rotary_factor"), " is ", *part,
                           ", but only heads that are rotated as a whole (1) are supported; choose another ",
                           "model"));
      }
      if (const Json* sections = reader->Find("mrope_section"); sections != nullptr) {
        reader->Add(Concat(
            reader->Name("mrope_section"), " is ", ShowValue(*sections),
            ", but mrope is not supported, as it is made for pictures; choose a model of text ", "alone"));
      }
    }
  }

  double ReadTheta() {
    if (section_.Find("rope_theta") != nullptr) {
      return section_.NumberAbove("rope_theta", 0).value_or(kDefaultTheta);
    }
    return file_.NumberAbove("rope_theta", 0).value_or(kDefaultTheta);
  }

  double ReadFactor(RopeKind kind) {
    const bool written = section_json_->Find("factor") != nullptr;
    if (section_.Find("factor") != nullptr) return section_.NumberFrom("factor", 1).value_or(1);
    if (written && kind == RopeKind::kYarn) return max_positions_ / ReadOriginal();
    section_.Add(Concat("has no ", section_.Name("factor"), "; say how many times the positions are scaled"));
    return 1;
  }

  double ReadOriginal() {
    const std::optional<double> outside = file_.NumberAbove(kOriginal, 0);
    const std::optional<double> inside = section_.NumberAbove(kOriginal, 0);
    if (outside.has_value()) return *outside;
    return inside.value_or(max_positions_ > 0 ? max_positions_ : 1);
  }

  void ReadLlama3(RopeConfig* rope) {
    rope->original_max_positions = ReadOriginal();
    for (const std::string_view key : {"low_freq_factor", "high_freq_factor"}) {
      if (section_.Find(key) == nullptr) {
        section_.Add(Concat("has no ", section_.Name(key),
                            ", which \"llama3\" needs; take it from the model's ", "author"));
      }
    }
    const std::optional<double> low = section_.NumberAbove("low_freq_factor", 0);
    const std::optional<double> high = section_.NumberAbove("high_freq_factor", 0);
    if (!low.has_value() || !high.has_value()) return;
    if (*high <= *low) {
      section_.Add(Concat(section_.Name("high_freq_factor"), " is ", *high, ", a number above ",
                          section_.Name("low_freq_factor"), ", ", *low, ", is needed"));
      return;
    }
    rope->low_freq_factor = *low;
    rope->high_freq_factor = *high;
  }

  void ReadYarn(RopeConfig* rope) {
    rope->original_max_positions = ReadOriginal();
    rope->attention_factor = ReadAttentionFactor(rope->factor);
    rope->beta_fast = NumberOrIfZero("beta_fast", 32);
    rope->beta_slow = NumberOrIfZero("beta_slow", 1);
    // transformers takes a null for false, an absent key for true.
    const Json* truncate = section_json_->Find("truncate");
    rope->truncate = truncate == nullptr || section_.BoolOr("truncate", false);
    if (rope->beta_fast < rope->beta_slow) {
      section_.Add(Concat(section_.Name("beta_fast"), " is ", rope->beta_fast, ", at least ",
                          section_.Name("beta_slow"), ", ", rope->beta_slow, ", is needed"));
    }
    if (rope->theta <= 1) {
      section_.Add(Concat("\"rope_theta\" is ", rope->theta, ", \"yarn\" needs a number above 1"));
    }
  }

  // `attention_factor`, or what YaRN recommends: 0.1 m ln(factor) + 1 with m = 1, and with both `mscale` and
  // `mscale_all_dim` the quotient of the two.
  double ReadAttentionFactor(double factor) {
    const double scale = NumberOrIfZero("mscale", 0);
    const double scale_of_all = NumberOrIfZero("mscale_all_dim", 0);
    if (section_.Find("attention_factor") != nullptr) {
      return section_.NumberAbove("attention_factor", 0).value_or(1);
    }
    const auto recommended = [&](double m) { return factor <= 1 ? 1 : 0.1 * m * std::log(factor) + 1; };
    if (scale == 0 || scale_of_all == 0) return recommended(1);
    return recommended(scale) / recommended(scale_of_all);
  }

  // transformers takes a zero for an absent key.
  double NumberOrIfZero(std::string_view key, double otherwise) {
    const double value = section_.NumberFrom(key, 0).value_or(otherwise);
    return value == 0 ? otherwise : value;
  }

  double max_positions_;
  ConfigReader file_;
  std::string_view section_name_;
  const Json* section_json_;  // null if neither spelling is there
  ConfigReader section_;
};

}  // namespace

RopeConfig ReadRopeConfig(const Json& config, int max_positions, Problems* problems) {
  return RopeReader(config, max_positions, problems).Read();
}

}  // namespace rubato
