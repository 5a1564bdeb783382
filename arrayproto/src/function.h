/* Functions that look at the types of their arguments: Function and Rebound. */
#ifndef ARRAYPROTO_FUNCTION_H
#define ARRAYPROTO_FUNCTION_H

#include "callable.h"
#include "implementing.h"

/* Both types: Function, made by array_function_dispatch(), and Rebound, which stands in the place
   of a function of NumPy's that dispatches nothing. */
typedef struct {
    CALLABLE_HEAD
    PyObject *names;            /* of the parameters, interned; NULL if only a dispatcher knows */
    PyObject *depths;           /* bytes: how each of them is relevant */
    Py_ssize_t positional;      /* how many of them can be given by position */
    Py_ssize_t needed;          /* how many must be given for the dispatcher to be read */
    PyObject *implementation;
    PyObject *otherwise;        /* the dispatcher; what a Rebound calls when it is not plain */
    PyObject *with_public_name; /* the error of a dispatcher to the one to raise, or None; Function */
    PyObject *dict;
    PyObject *weakrefs;
} Function;

SHARED Function *function_alloc(PyTypeObject *type, PyObject *implementation, PyObject *otherwise,
                                vectorcallfunc vectorcall);
SHARED int set_parameters(Function *self, PyObject *names, PyObject *depths,
                          Py_ssize_t positional);
SHARED int function_traverse(PyObject *op, visitproc visit, void *arg);
SHARED int function_clear(PyObject *op);
SHARED void function_dealloc(PyObject *op);

#define FUNCTION_SLOTS \
    CALLABLE_SLOTS, \
    {Py_tp_traverse, function_traverse}, \
    {Py_tp_clear, function_clear}, \
    {Py_tp_dealloc, function_dealloc}

/* Whether what was given for a parameter overrides, as type_overrides() says it. */
static inline int
argument_overrides(State *state, PyObject *argument, char depth)
{
    if (depth == ITSELF) {
        return type_overrides(state, Py_TYPE(argument));
    }
    if (PyList_CheckExact(argument) || PyTuple_CheckExact(argument)) {
        return items_override(state, argument);
    }
    return depth == ITEMS ? 1 : type_overrides(state, Py_TYPE(argument));
}

/* 1 if it is certain without the dispatcher that no argument overrides; 0, or -1 with an error. */
static inline int
is_plain(Function *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    State *state = self->state;
    if (self->names == NULL || nargs > self->positional) {
        return 0;
    }
    const char *depths = PyBytes_AS_STRING(self->depths);
    Py_ssize_t needed = self->needed;
    for (Py_ssize_t i = 0; i < nargs; i++) {
        if (depths[i] != IRRELEVANT) {
            int overrides = argument_overrides(state, args[i], depths[i]);
            if (overrides != 0) {
                return overrides < 0 ? -1 : 0;
            }
            needed -= depths[i] == ITEMS;
        }
    }
    Py_ssize_t nkwargs = kwnames == NULL ? 0 : PyTuple_GET_SIZE(kwnames);
    Py_ssize_t count = PyTuple_GET_SIZE(self->names);
    for (Py_ssize_t k = 0; k < nkwargs; k++) {
        PyObject *name = PyTuple_GET_ITEM(kwnames, k);
        Py_ssize_t i = 0;
        while (i < count && PyTuple_GET_ITEM(self->names, i) != name) {
            i++;
        }
        if (i == count) {
            return 0; /* unknown, or known and not interned: the dispatcher will say */
        }
        if (depths[i] != IRRELEVANT) {
            int overrides = argument_overrides(state, args[nargs + k], depths[i]);
            if (overrides != 0) {
                return overrides < 0 ? -1 : 0;
            }
            needed -= depths[i] == ITEMS;
        }
    }
    return needed <= 0;
}

#endif
