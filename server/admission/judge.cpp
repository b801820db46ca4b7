#include "server/admission/judge.h"
