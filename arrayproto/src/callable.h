/* What all objects of arrayproto._speed that are called have in common. */
#ifndef ARRAYPROTO_CALLABLE_H
#define ARRAYPROTO_CALLABLE_H

#include "speed.h"

/* Each holds the module, and does not find it by its type: a type that is garbage loses its module
   maybe before its instances are freed, or called for the last time. */
#define CALLABLE_HEAD \
    PyObject_HEAD \
    vectorcallfunc vectorcall; \
    State *state;

typedef struct {
    CALLABLE_HEAD
} Callable;

static inline State *
state_of(PyObject *self)
{
    return ((Callable *)self)->state;
}

/* A method, so that a call of one as a method makes no bound method. */
#define FLAGS (CALLABLE_FLAGS | Py_TPFLAGS_METHOD_DESCRIPTOR)

#define CALLABLE_MEMBERS(type) \
    OFFSET("__vectorcalloffset__", type, vectorcall), OFFSET("__dictoffset__", type, dict), \
    OFFSET("__weaklistoffset__", type, weakrefs)

#define CALLABLE_SLOTS {Py_tp_call, PyVectorcall_Call}, {Py_tp_descr_get, callable_get}

/* What only Rebound has otherwise. */
#define NAMED_SLOTS \
    {Py_tp_repr, named_repr}, \
    {Py_tp_methods, named_methods}, \
    {Py_tp_getset, named_getset}

SHARED PyObject *callable_alloc(PyTypeObject *type, vectorcallfunc vectorcall);
SHARED void callable_free(PyObject *op);
SHARED int callable_traverse(PyObject *op, visitproc visit, void *arg);
SHARED PyObject *callable_get(PyObject *self, PyObject *object, PyObject *type);
SHARED PyObject *named_repr(PyObject *self);
SHARED extern PyMethodDef named_methods[];
SHARED extern PyGetSetDef named_getset[];

#endif
