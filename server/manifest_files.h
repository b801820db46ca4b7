#pragma once
// The texts of manifests as a command line names them: files, directories, `-` for standard input.
// For `gatehouse check` and the commands that make policies. One text is in memory at a time, but
// for standard input and pipes, which can be read only once and are kept. Blocks on the file system.

#include "policy/result.h"

#include <functional>
#include <map>
#include <span>
#include <string>

namespace gatehouse::server {

class manifest_files {
  public:
    /// The paths must outlive this.
    explicit manifest_files(std::span<const std::string> paths) : paths_(paths) {}
    manifest_files(const manifest_files&) = delete;
    manifest_files& operator=(const manifest_files&) = delete;

    [[nodiscard]] std::span<const std::string> paths() const noexcept { return paths_; }

    /// Called with a source's name and its text, or why there is none.
    using visitor = std::function<void(const std::string&, const policy::result<std::string>&)>;

    /// Every text of one of the paths: one, or those of a directory by name.
    void visit(const std::string& path, const visitor& each);

  private:
    void visit_directory(const std::string& path, const visitor& each);
    const policy::result<std::string>& kept(const std::string& path);

    std::span<const std::string> paths_;
    std::map<std::string, policy::result<std::string>> kept_; ///< what can be read only once
};

} // namespace gatehouse::server
