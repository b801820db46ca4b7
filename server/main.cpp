// Picks the subcommand; nothing else.
#include "server/commands/root.h"

int main(int argc, char** argv) { return gatehouse::server::run(argc, argv); }
