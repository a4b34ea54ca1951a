// How many samples a second the hub takes in, from submission to durable acknowledgement, its steps included.
//
//   hub_bench [DIRECTORY]     where the run lies; a memory file system shows the hub without the disk
//
// Samples are those of the example: answers of up to 160 tokens with statistics, groups of 8, 64 groups a
// step. Several submissions wait at a time, as with several workers.  Prints the median of the steps.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <future>
#include <vector>

#include "absl/time/clock.h"
#include "credit/hub.h"
#include "tests/credit/fake_learner.h"
#include "tests/credit/fake_worker.h"
#include "tests/credit/hub_in_process.h"
#include "tests/credit/hub_inputs_for_tests.h"

namespace rubato {
namespace {

constexpr int kSteps = 8;
constexpr int kSamplesPerCall = 16;

HubInputs Inputs() {
  return TinyInputs([](RunConfig* config) {
    config->mutable_run()->set_steps(kSteps);
    config->mutable_batch()->set_groups(64);
    config->mutable_batch()->set_group_size(8);
    config->mutable_rollout()->set_max_new_tokens(160);
    config->mutable_credit()->set_w(10);
    config->mutable_credit()->set_h_lo(10);
    config->mutable_credit()->set_h_hi(100);
  });
}

std::vector<SubmitRequest> MakeRequests(const HubInputs& inputs, const LeaseReply& lease,
                                        const Fencing& fencing) {
  std::vector<SubmitRequest> requests;
  for (const Work& work : lease.work()) {
    const WeightVersion version = FakeWorker::VersionFor(lease, work).value();
    for (int index = 0; index < work.keys_size(); ++index) {
      if (requests.empty() || requests.back().samples_size() == kSamplesPerCall) {
        *requests.emplace_back().mutable_fencing() = fencing;
      }
      *requests.back().add_samples() = MakeSample(inputs, work, index, version);
    }
  }
  return requests;
}

// All at once; gives the seconds until the last acknowledgement.
double SubmitAll(Hub* hub, const std::vector<SubmitRequest>& requests) {
  std::vector<std::promise<bool>> done(requests.size());
  const absl::Time begin = absl::Now();
  for (size_t i = 0; i < requests.size(); ++i) {
    hub->Submit(requests[i],
                [&done, i](absl::StatusOr<SubmitReply> reply) { done[i].set_value(reply.ok()); });
  }
  for (std::promise<bool>& one : done) one.get_future().get();
  return absl::ToDoubleSeconds(absl::Now() - begin);
}

int Main(const std::string& directory) {
  HubInProcess hub(Inputs(), directory + "/hub_bench.run");
  std::filesystem::remove_all(hub.run_directory);
  if (const absl::Status status = hub.Start(); !status.ok()) {
    std::printf("%s\n", status.ToString().c_str());
    return 1;
  }
  FakeWorker worker(&hub, &hub.inputs, "worker-0", 10);
  FakeLearner learner(&hub, &hub.inputs, 1, 20);
  if (!learner.Join().ok() || !worker.Hello().ok()) return 1;
  std::vector<double> rates;
  for (int step = 0; step < kSteps; ++step) {
    const LeaseReply lease = worker.Lease(1 << 20).value();
    const std::vector<SubmitRequest> requests = MakeRequests(hub.inputs, lease, worker.fencing());
    rates.push_back(64 * 8 / SubmitAll(&hub.hub(), requests));
    if (!learner.Work().ok()) return 1;
  }
  std::sort(rates.begin(), rates.end());
  std::printf("%.0f samples/s (%.0f to %.0f over %d steps of 512)\n", rates[rates.size() / 2], rates.front(),
              rates.back(), kSteps);
  return 0;
}

}  // namespace
}  // namespace rubato

int main(int argc, char** argv) { return rubato::Main(argc > 1 ? argv[1] : "/tmp"); }
