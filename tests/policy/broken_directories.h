#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/policy/model_fixture.h"

namespace rubato {

// A sound directory, what is done to it, and what must then be said: one fragment for each problem, and no
// other problem.
struct BrokenDirectory {
  std::string title;  // letters and digits
  TinyFamily family;
  std::function<void(const ModelFixture&)> damage;
  std::vector<std::string> complaints;
};

// Of these no two have the same kind of defect.
std::vector<BrokenDirectory> BrokenConfigs();     // config.json and generation_config.json
std::vector<BrokenDirectory> BrokenTokenizers();  // and chat templates; nothing that `score` looks at
std::vector<BrokenDirectory> BrokenWeights();     // the files of weights and what is in them
std::vector<BrokenDirectory> BrokenShards();
std::vector<BrokenDirectory> BrokenTwice();  // two of the defects above at once

}  // namespace rubato
