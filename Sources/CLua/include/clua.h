#ifndef CLUA_H
#define CLUA_H
#include <stddef.h>
#endif
