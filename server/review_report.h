#pragma once
// Tells the metrics and the log of every review: one line a review that was denied or failed, keyed by
// its uid, and at debug one for those that were allowed. No object contents. Loop thread only.

#include "server/handlers/admission.h"
#include "server/log.h"
#include "server/metrics.h"

namespace gatehouse::server {

class review_report final : public review_observer {
  public:
    /// Both outlive this.
    review_report(metrics& counted, log& told) : metrics_(counted), log_(told) {}

    void reviewed(const review_outcome& outcome, steady::duration took, std::size_t body_bytes)
        override;

  private:
    metrics& metrics_;
    log& log_;
};

} // namespace gatehouse::server
