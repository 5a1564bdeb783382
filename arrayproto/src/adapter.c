/* The __array_function__ of an adapter. */
#include "compound.h"

#include <stdint.h>

enum {
    IN_PYTHON,   /* answers wherever the answer is not in the tables */
    ACCEPTS,     /* types to whether there are none but the library's own, and NumPy's */
    CALLED,      /* dict: function to what is called */
    BY_POSITION, /* dict: the same for calls without keywords */
    REFUSALS,    /* tuple: types of errors */
    REFUSED,     /* (self, func, types, args, kwargs, error) to the answer */
    INSIDE,      /* dict: module name to whether it is the library's own; may be NULL */
    ADAPTER_PARTS
};

#define MEMORY_BITS 3

typedef struct {
    Remembering remembering;
    Memo memory[1 << MEMORY_BITS]; /* by function */
} Adapter;

/* Where a function is remembered: pointers are multiples of what an object takes, so they are spread
   before some of their bits are taken. */
static inline Memo *
memo_of(Adapter *self, PyObject *func)
{
    uint64_t spread = (uint64_t)(uintptr_t)func * 0x9E3779B97F4A7C15u;
    return self->memory + (spread >> (64 - MEMORY_BITS));
}

/* Whether a module made the call of which it is known that it is not the library's. NumPy's
   dispatcher has no frame of its own, so that the innermost one is that of the call. */
static int
called_from_outside(State *state, PyObject *const *parts)
{
    PyObject *globals = PyEval_GetGlobals();
    PyObject *module = globals ? PyDict_GetItemWithError(globals, state->name) : NULL;
    if (module == NULL || !PyUnicode_CheckExact(module)) {
        return PyErr_Occurred() ? -1 : 0;
    }
    PyObject *inside = PyDict_GetItemWithError(parts[INSIDE], module);
    return inside == NULL && PyErr_Occurred() ? -1 : inside == Py_False;
}

/* The library has raised what may be no more than a refusal: the Python code tells. */
static PyObject *
adapter_refused(Compound *self, PyObject *const *args)
{
    PyObject *refusal = raised_exception();
    PyObject *outer = PyErr_GetHandledException();
    PyErr_SetHandledException(refusal); /* as in an except clause */
    PyObject *result = PyObject_CallFunctionObjArgs(self->parts[REFUSED], args[0], args[1],
                                                    args[2], args[3], args[4], refusal, NULL);
    PyErr_SetHandledException(outer);
    Py_XDECREF(outer);
    Py_DECREF(refusal);
    return result;
}

static inline PyObject *
unless_refused(Adapter *adapter, PyObject *const *args, PyObject *result)
{
    Compound *self = &adapter->remembering.compound;
    if (ODD(result == NULL) && PyErr_ExceptionMatches(self->parts[REFUSALS])) {
        return adapter_refused(self, args);
    }
    return result;
}

/* Any call of an adapter. */
static Py_NO_INLINE PyObject *
adapter_answer(Adapter *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyObject *const *parts = self->remembering.compound.parts;
    if (PyVectorcall_NARGS(nargsf) != 5 || kwnames != NULL || !PyTuple_CheckExact(args[2]) ||
        !PyTuple_CheckExact(args[3]) || !PyDict_CheckExact(args[4])) {
        return PyObject_Vectorcall(parts[IN_PYTHON], args, nargsf, kwnames);
    }
    PyObject *func = args[1], *types = args[2], *arguments = args[3], *kwargs = args[4];
    if (PyTuple_GET_SIZE(types) > 1) {
        PyObject *answer = PyObject_CallOneArg(parts[ACCEPTS], types);
        int accepted = answer == NULL ? -1 : PyObject_IsTrue(answer);
        Py_XDECREF(answer);
        if (accepted < 0) {
            return NULL;
        }
        if (!accepted) { /* which has the reason, where nobody is left who could answer */
            return PyObject_Vectorcall(parts[IN_PYTHON], args, nargsf, NULL);
        }
    }
    int by_name = PyDict_GET_SIZE(kwargs) > 0;
    PyObject *call = by_name ? Py_XNewRef(PyDict_GetItemWithError(parts[CALLED], func))
                             : look_up(memo_of(self, func), parts[BY_POSITION], func);
    if (call == NULL) {
        return PyErr_Occurred() ? NULL : PyObject_Vectorcall(parts[IN_PYTHON], args, nargsf, NULL);
    }
    PyObject *result;
    if (by_name) {
        result = PyObject_Call(call, arguments, kwargs);
    }
    else {
        result = PyObject_Vectorcall(call, ((PyTupleObject *)arguments)->ob_item,
                                     (size_t)PyTuple_GET_SIZE(arguments), NULL);
    }
    Py_DECREF(call);
    return unless_refused(self, args, result);
}

/* The same, quickly where it remembers the function, and arrays of the library are all there is. */
static inline PyObject *
adapter_recalls(Adapter *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Memo *memo;
    if (ODD(PyVectorcall_NARGS(nargsf) != 5) || ODD(kwnames != NULL) ||
        ODD(!PyTuple_CheckExact(args[2])) || ODD(PyTuple_GET_SIZE(args[2]) != 1) ||
        ODD(!PyTuple_CheckExact(args[3])) || ODD(!PyDict_CheckExact(args[4])) ||
        ODD(PyDict_GET_SIZE(args[4]) != 0) ||
        ODD((memo = memo_of(self, args[1]))->key != args[1])) {
        return adapter_answer(self, args, nargsf, kwnames);
    }
    PyObject *result = call_found(memo, ((PyTupleObject *)args[3])->ob_item,
                                  (size_t)PyTuple_GET_SIZE(args[3]));
    return unless_refused(self, args, result);
}

static HOT PyObject *
adapter_call(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    return adapter_recalls((Adapter *)op, args, nargsf, kwnames);
}

/* Of a library that calls NumPy's functions on its own arrays, and must see stock NumPy there. */
static HOT PyObject *
adapter_of_guest_call(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyObject *const *parts = ((Compound *)op)->parts;
    int outside = called_from_outside(state_of(op), parts);
    if (ODD(outside <= 0)) {
        return outside < 0 ? NULL : PyObject_Vectorcall(parts[IN_PYTHON], args, nargsf, kwnames);
    }
    return adapter_recalls((Adapter *)op, args, nargsf, kwnames);
}

static PyObject *
adapter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"in_python", "accepts", "called", "by_position",
                               "refusals", "refused", "inside", NULL};
    PyObject *p[ADAPTER_PARTS] = {NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOO!O!O!O|O!", keywords, &p[IN_PYTHON],
                                     &p[ACCEPTS], &PyDict_Type, &p[CALLED], &PyDict_Type,
                                     &p[BY_POSITION], &PyTuple_Type, &p[REFUSALS], &p[REFUSED],
                                     &PyDict_Type, &p[INSIDE])) {
        return NULL;
    }
    vectorcallfunc call = p[INSIDE] == NULL ? adapter_call : adapter_of_guest_call;
    Adapter *self = (Adapter *)compound_alloc(type, call, p, ADAPTER_PARTS);
    if (self != NULL) {
        remembering_begin(&self->remembering, self->memory, 1 << MEMORY_BITS);
    }
    return (PyObject *)self;
}

static PyType_Slot adapter_slots[] = {{Py_tp_new, adapter_new}, REMEMBERING_SLOTS, {0, NULL}};

PyType_Spec adapter_spec = {
    "arrayproto._speed.Adapter", sizeof(Adapter), 0, FLAGS, adapter_slots,
};
