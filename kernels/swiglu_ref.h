#pragma once

namespace rubato {

// gate / (1 + exp(-gate)) * up, in double.  For tests and audits.
double SwigluRef(double gate, double up);

}  // namespace rubato
