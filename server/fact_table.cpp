#include "server/fact_table.h"

#include <utility>

namespace gatehouse::server {

void fact_table::limit(std::size_t most_bytes) {
    most_bytes_ = most_bytes;
    drop_spares();
    evict();
}

std::shared_ptr<fact_entry> fact_table::touch(std::string_view key) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) {
        return nullptr;
    }
    by_use_.splice(by_use_.begin(), by_use_, found->second->place);
    return found->second;
}

void fact_table::insert(const std::shared_ptr<fact_entry>& entry) {
    entry->place = by_use_.insert(by_use_.begin(), entry.get());
    entry->is_kept = true;
    entries_.emplace(entry->key, entry);
    weigh(*entry);
}

void fact_table::weigh(fact_entry& entry) {
    if (!entry.is_kept) {
        return;
    }
    count(entry);
    if (entry.counted_spare != 0 && !entry.is_among_spares) {
        entry.spare_place = spares_.insert(spares_.begin(), &entry);
        entry.is_among_spares = true;
    }
    drop_spares();
    evict();
}

void fact_table::count(fact_entry& entry) {
    bytes_ -= entry.counted_weight;
    spare_bytes_ -= entry.counted_spare;
    entry.counted_weight = entry.weight();
    entry.counted_spare = entry.spare_weight();
    bytes_ += entry.counted_weight;
    spare_bytes_ += entry.counted_spare;
}

void fact_table::leave_spares(fact_entry& entry) {
    if (std::exchange(entry.is_among_spares, false)) {
        spares_.erase(entry.spare_place);
    }
}

void fact_table::drop_spares() {
    while (spare_bytes_ > most_bytes_ / spare_share && !spares_.empty()) {
        fact_entry& oldest = *spares_.back();
        leave_spares(oldest);
        oldest.drop_spare();
        count(oldest);
    }
}

void fact_table::drop(fact_entry& entry) {
    leave_spares(entry);
    bytes_ -= std::exchange(entry.counted_weight, 0);
    spare_bytes_ -= std::exchange(entry.counted_spare, 0);
    by_use_.erase(entry.place);
    entry.is_kept = false;
    entries_.erase(entries_.find(entry.key));
}

void fact_table::drop_if(const std::function<bool(fact_entry&)>& says) {
    for (auto at = by_use_.begin(); at != by_use_.end();) {
        fact_entry& entry = **at++;
        if (says(entry)) {
            drop(entry);
        }
    }
}

void fact_table::evict() {
    auto at = by_use_.end();
    while (bytes_ > most_bytes_ && at != by_use_.begin()) {
        fact_entry& oldest = **--at;
        if (!oldest.under_way) {
            ++at;
            drop(oldest);
        }
    }
}

} // namespace gatehouse::server
