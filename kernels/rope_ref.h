#pragma once

namespace rubato {

// Rotates one head in place: elements i and i + head_dim / 2 by the angle position * theta^(-2i / head_dim),
// the angle rounded to fp32, all else in double.  For tests and audits.
void RopeRef(double theta, int position, int head_dim, double* x);

}  // namespace rubato
