/*
 * arrayproto._speed: the hot paths of arrayproto.dispatch, arrayproto.rebinding and
 * arrayproto.mixins in C.
 *
 * Optional: everything here does what the Python code beside it does, which is the reference and
 * the fallback (see arrayproto/accelerator.py). What is to be known of NumPy is handed over by
 * configure(); product.c alone includes its headers, for the fields of an ndarray.
 *
 *   speed         the module
 *   implementing  which types override, and the implementing arguments in NEP-18's order
 *   callable      what all objects that are called have in common
 *   function      functions that dispatch, made by array_function_dispatch()
 *   rebound       what stands in the place of a function that NumPy does not dispatch
 *   compound      callables of several parts, and those of them that remember
 *   adapter       the __array_function__ of an adapter
 *   product       a library's own product, where it is right
 *   ranked        a product by the numbers of axes
 *   direct        functions of arrayproto.numpy
 */
#ifndef ARRAYPROTO_SPEED_H
#define ARRAYPROTO_SPEED_H

#include "common.h"

/* What the quick ways leave: their code is one line after another without a jump. */
#ifdef __GNUC__
#define ODD(condition) __builtin_expect(!!(condition), 0)
#else
#define ODD(condition) (condition)
#endif

/* Next to each other in memory: after a function of a library their code is in no cache either. */
#ifdef __GNUC__
#define HOT __attribute__((hot))
#else
#define HOT
#endif

/* What is shared between the files, and with nobody else: calls of it go straight there. */
#ifdef __GNUC__
#define SHARED __attribute__((visibility("hidden")))
#else
#define SHARED
#endif

/* How a parameter is relevant; arrayproto.accelerator has the same numbers. */
enum { IRRELEVANT, ITSELF, ITEMS, ITEMS_OR_ITSELF };

#define MAX_NAMES 30 /* of the parameters that a Direct knows of; Python is told */

struct Remembering; /* compound.h */

/* The module's. */
typedef struct {
    PyObject *module; /* which this is a part of, borrowed */
    PyObject *ndarray;
    PyObject *ndarray_method;
    PyObject *registry;          /* namespace whose `_registered` is true while there are any */
    PyObject *find_method;       /* arrayproto.dispatch.find_method, which knows them */
    PyObject *no_implementation; /* (public_api, types) to the error to raise */
    PyObject *array_function, *registered, *class_, *qualname, *name; /* strings */
    struct Remembering *remembering; /* the first of all there are */
} State;

SHARED int is_configured(State *state);

SHARED extern PyType_Spec function_spec, rebound_spec, adapter_spec, product_spec, ranked_spec,
    direct_spec;

#endif
