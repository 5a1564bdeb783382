/* Callables of several parts, and those of them that remember. */
#ifndef ARRAYPROTO_COMPOUND_H
#define ARRAYPROTO_COMPOUND_H

#include "callable.h"

#define MAX_PARTS 7

/* What a dict answered to a key. A look-up there goes through several places of memory that nobody
   else reads, and after a function of a library none of them is in a cache; this is one place. */
typedef struct {
    PyObject *key, *found;
    vectorcallfunc call; /* of `found` */
} Memo;

/* Adapter, Product, Ranked and Direct: they differ in what their parts are, and in what calls
   them. What a call reads comes first, so that it is in as few lines of a cache as possible. */
typedef struct {
    CALLABLE_HEAD
    Memo last;         /* of Direct; of Product no more than what calls its OWN */
    PyObject *ndarray; /* the state's, which is a step away */
    PyObject *parts[MAX_PARTS];
    PyObject *dict;
    PyObject *weakrefs;
} Compound;

SHARED PyObject *compound_alloc(PyTypeObject *type, vectorcallfunc vectorcall,
                                PyObject *const *parts, int count);
SHARED int compound_traverse(PyObject *op, visitproc visit, void *arg);
SHARED int compound_clear(PyObject *op);
SHARED void compound_dealloc(PyObject *op);
SHARED extern PyMemberDef compound_members[];

#define COMPOUND_SLOTS \
    CALLABLE_SLOTS, NAMED_SLOTS, \
    {Py_tp_members, compound_members}, \
    {Py_tp_traverse, compound_traverse}, \
    {Py_tp_clear, compound_clear}, \
    {Py_tp_dealloc, compound_dealloc}

/* Adapter and Direct: Compounds that remember what their dicts answered. */
typedef struct Remembering {
    Compound compound;
    struct Remembering *next, **here; /* in the list of all of them, which owns none */
    int size;
    Memo *memory; /* a part of itself */
} Remembering;

SHARED void remembering_begin(Remembering *self, Memo *memory, int size);
SHARED void remembering_forget(Remembering *self);
SHARED int remembering_traverse(PyObject *op, visitproc visit, void *arg);
SHARED int remembering_clear(PyObject *op);
SHARED void remembering_dealloc(PyObject *op);

#define REMEMBERING_SLOTS \
    CALLABLE_SLOTS, NAMED_SLOTS, \
    {Py_tp_members, compound_members}, \
    {Py_tp_traverse, remembering_traverse}, \
    {Py_tp_clear, remembering_clear}, \
    {Py_tp_dealloc, remembering_dealloc}

SHARED vectorcallfunc what_calls(PyObject *callable);
SHARED PyObject *look_up(Memo *memo, PyObject *dict, PyObject *key);

/* Calls what a memo has. */
static Py_ALWAYS_INLINE inline PyObject *
call_found(const Memo *memo, PyObject *const *args, size_t nargsf)
{
    PyObject *found = Py_NewRef(memo->found); /* the memo may change meanwhile */
    PyObject *result = memo->call(found, args, nargsf, NULL);
    Py_DECREF(found);
    return result;
}

#endif
