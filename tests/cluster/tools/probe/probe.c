/* The program in the images of the image_user test: tells the kubelet who it runs as, and ends. The message arrives
   in the pod's status, so that no log has to be read. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void) {
    static gid_t groups[65536];
    const int count = getgroups(65536, groups);
    uid_t real_uid, effective_uid, saved_uid;
    gid_t real_gid, effective_gid, saved_gid;
    if (count < 0 || getresuid(&real_uid, &effective_uid, &saved_uid) != 0
        || getresgid(&real_gid, &effective_gid, &saved_gid) != 0)
        return EXIT_FAILURE;
    if (real_uid != effective_uid || real_uid != saved_uid || real_gid != effective_gid
        || real_gid != saved_gid)
        return EXIT_FAILURE;

    FILE* const message = fopen("/dev/termination-log", "w");
    if (message == NULL)
        return EXIT_FAILURE;
    fprintf(message, "{\"uid\": %u, \"gid\": %u, \"groups\": [", real_uid, real_gid);
    for (int i = 0; i < count; ++i)
        fprintf(message, i == 0 ? "%u" : ", %u", groups[i]);
    fprintf(message, "]}");
    return fclose(message) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
