#pragma once
// A directory as a kubelet mounts ConfigMaps and Secrets: `name` is a link to `..data/name`, `..data`
// a link to a directory of one version, and a new version is put in force by swapping that link.

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace gatehouse::testing_support {

class mounted_files {
  public:
    explicit mounted_files(std::filesystem::path directory) : directory_(std::move(directory)) {
        std::filesystem::create_directories(directory_);
    }

    /// Puts these files in force in one step and removes those of before.
    void swap(const std::map<std::string, std::string>& files) {
        const std::string before = version();
        ++count_;
        std::filesystem::create_directories(directory_ / version());
        for (const auto& [name, text] : files) {
            std::ofstream(directory_ / version() / name, std::ios::binary) << text;
        }
        std::filesystem::create_symlink(version(), directory_ / "..data_tmp");
        std::filesystem::rename(directory_ / "..data_tmp", directory_ / "..data");
        for (const auto& [name, text] : files) {
            if (!std::filesystem::is_symlink(directory_ / name)) {
                std::filesystem::create_symlink("..data/" + name, directory_ / name);
            }
        }
        std::filesystem::remove_all(directory_ / before);
    }

    [[nodiscard]] std::string operator/(const std::string& name) const {
        return (directory_ / name).string();
    }

  private:
    [[nodiscard]] std::string version() const { return "..version" + std::to_string(count_); }

    std::filesystem::path directory_;
    int count_ = 0;
};

} // namespace gatehouse::testing_support
