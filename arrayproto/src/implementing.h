/* Which types override, and the implementing arguments of a call. */
#ifndef ARRAYPROTO_IMPLEMENTING_H
#define ARRAYPROTO_IMPLEMENTING_H

#include "speed.h"

#define MAX_TYPES 64 /* as NumPy's NPY_MAXARGS */

/* Implementing arguments, each with its method, in NEP-18's order. */
typedef struct {
    Py_ssize_t count;
    PyTypeObject *types[MAX_TYPES]; /* of the arguments, as they were found; only compared */
    PyObject *arguments[MAX_TYPES];
    PyObject *methods[MAX_TYPES];
} Found;

SHARED int found_collect(Found *found, State *state, PyObject *relevant, PyObject *find);
SHARED void found_clear(Found *found);
SHARED PyObject *method_of(State *state, PyTypeObject *type);
SHARED int items_override(State *state, PyObject *items);

/* Types that nothing ever dispatches on: those of arrayproto.dispatch._BASIC_TYPES. */
static inline int
is_basic(PyTypeObject *type)
{
    return type == &PyLong_Type || type == &PyFloat_Type || type == &PyList_Type ||
           type == &PyTuple_Type || type == Py_TYPE(Py_None) || type == &PyBool_Type ||
           type == &PyUnicode_Type || type == &PyComplex_Type || type == &PyBytes_Type ||
           type == &PyDict_Type || type == &PySet_Type || type == &PyFrozenSet_Type ||
           type == &PySlice_Type || type == Py_TYPE(Py_Ellipsis) ||
           type == Py_TYPE(Py_NotImplemented);
}

/* 1 if arguments of a type override, 0 if they do not, -1 with an error. */
static inline int
type_overrides(State *state, PyTypeObject *type)
{
    if ((PyObject *)type == state->ndarray || is_basic(type)) {
        return 0;
    }
    PyObject *method = method_of(state, type);
    if (method == NULL) {
        return PyErr_Occurred() ? -1 : 0;
    }
    int overrides = method != state->ndarray_method;
    Py_DECREF(method);
    return overrides;
}

/* The first index from `start` on of an item of another type than `type`, or the number of items.
   Code of a metaclass may change a list under our hands, so that nothing is known of it beyond. */
static inline Py_ssize_t
next_of_other_type(PyObject *items, Py_ssize_t start, PyTypeObject *type)
{
    Py_ssize_t count = PySequence_Fast_GET_SIZE(items);
    PyObject **held = PySequence_Fast_ITEMS(items);
    Py_ssize_t i = start;
    while (i < count && Py_TYPE(held[i]) == type) {
        i++;
    }
    return i;
}

#endif
