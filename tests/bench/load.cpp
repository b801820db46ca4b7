// The load generator of tests/bench/run: one mode a run, one JSON object on standard output.

#include "tests/bench/modes.h"

#include <CLI/CLI.hpp>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <map>

namespace {

using namespace gatehouse::bench;

struct arguments {
    load_options load;
    std::string mode;
    std::string body_file;
    std::vector<std::string> command;
    std::size_t core = 0;
    std::size_t times = 20;
    int warm_up_ms = 300;
    int duration_ms = 3000;
};

void declare(CLI::App& app, arguments& to) {
    app.add_option("mode", to.mode, "what to do")
        ->required()
        ->check(CLI::IsMember({"closed", "open", "reconnect", "hold", "burst", "start"}));
    app.add_option("--port", to.load.port, "of the server on 127.0.0.1")->required();
    app.add_option("--body", to.body_file, "an AdmissionReview")
        ->required()
        ->check(CLI::ExistingFile);
    const std::map<std::string, expectation> answers{
        {"review", expectation::review}, {"constant", expectation::constant}};
    app.add_option("--expect", to.load.expect, "review or constant")
        ->transform(CLI::CheckedTransformer(answers));
    app.add_option("--connections", to.load.connections)->check(CLI::Range(1, 10000));
    app.add_option("--rate", to.load.per_second, "requests/s of `open`")
        ->check(CLI::Range(1.0, 1e6));
    app.add_option("--warm-up-ms", to.warm_up_ms)->check(CLI::Range(0, 60'000));
    app.add_option("--duration-ms", to.duration_ms)->check(CLI::Range(1, 600'000));
    app.add_option("--server-pid", to.load.server, "whose CPU time to tell");
    app.add_option("--core", to.core, "CPU of the command of `start`");
    app.add_option("--times", to.times, "starts of `start`")->check(CLI::Range(1, 1000));
    app.add_option("command", to.command, "what `start` starts, after --");
}

std::string run(const arguments& given) {
    if (given.mode == "closed") {
        return closed_loop(given.load);
    }
    if (given.mode == "open") {
        return open_loop(given.load);
    }
    if (given.mode == "reconnect") {
        return connection_per_request(given.load);
    }
    if (given.mode == "hold") {
        return hold_idle(given.load);
    }
    if (given.mode == "burst") {
        return burst(given.load);
    }
    return first_answer(given.load, given.command, given.core, given.times);
}

void allow_many_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

} // namespace

int main(int argc, char** argv) {
    try {
        CLI::App app("Loads an HTTPS admission webhook on this machine");
        arguments given;
        declare(app, given);
        CLI11_PARSE(app, argc, argv);
        std::ifstream file(given.body_file, std::ios::binary);
        given.load.body.assign(std::istreambuf_iterator<char>(file), {});
        given.load.warm_up = std::chrono::milliseconds{given.warm_up_ms};
        given.load.duration = std::chrono::milliseconds{given.duration_ms};
        std::signal(SIGPIPE, SIG_IGN);
        allow_many_descriptors();
        std::puts(run(given).c_str());
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "load: %s\n", error.what());
        return 1;
    }
}
