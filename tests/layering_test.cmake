# policy/ is pure: no sockets, files, threads, clocks, and nothing of server/.
# Linking cannot stop a header-only include, so this reads the text.
file(GLOB_RECURSE sources ${SOURCE}/policy/*.h ${SOURCE}/policy/*.cpp)
list(LENGTH sources count)
if(count LESS 10)
    message(FATAL_ERROR "only ${count} files found below ${SOURCE}/policy")
endif()
set(forbidden_includes
    "\"server/" "<boost/asio" "<boost/beast" "<sys/socket" "<netinet/" "<unistd" "<fcntl" "<poll"
    "<thread>" "<mutex>" "<atomic>" "<condition_variable>" "<future>" "<fstream>" "<iostream>"
    "<filesystem>" "<cstdio>" "<CLI/")
set(bad "")
foreach(source IN LISTS sources)
    file(READ ${source} text)
    foreach(include IN LISTS forbidden_includes)
        string(FIND "${text}" "#include ${include}" at)
        if(NOT at EQUAL -1)
            string(APPEND bad "${source}: includes ${include}\n")
        endif()
    endforeach()
    if(text MATCHES "_clock::now|[^a-z_]time\\((NULL|nullptr|0)\\)|getenv")
        string(APPEND bad "${source}: asks a clock or the environment (${CMAKE_MATCH_0})\n")
    endif()
endforeach()
if(bad)
    message(FATAL_ERROR "policy/ must stay pure:\n${bad}")
endif()
