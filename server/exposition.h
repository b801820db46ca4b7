#pragma once
// Writes metrics in Prometheus' text format, version 0.0.4: a head a metric from the table, then its
// samples. Labels are checked against the table, so a sample cannot carry one that is not declared. Pure.

#include "server/histogram.h"
#include "server/metrics_table.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace gatehouse::server {

class exposition {
  public:
    /// The HELP and TYPE lines; what follows are samples of this metric.
    void begin(metric id);

    /// One sample. Requires: begin() of a metric with that many labels.
    void sample(std::initializer_list<std::string_view> label_values, double value);
    void sample(std::initializer_list<std::string_view> label_values, std::uint64_t value);

    /// Buckets, sum and count of a histogram; at most one label.
    void samples(std::initializer_list<std::string_view> label_values, const histogram& of);

    /// A metric without labels as a whole.
    template <class Number>
    void single(metric id, Number value) {
        begin(id);
        sample({}, value);
    }

    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    void series(
        std::string_view suffix,
        std::initializer_list<std::string_view> label_values,
        std::string_view bound = {}
    );

    std::string text_;
    const metric_description* of_ = nullptr;
};

} // namespace gatehouse::server
