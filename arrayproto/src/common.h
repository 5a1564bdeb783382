/*
 * What all modules in C share: exceptions set aside, types that are added, callable objects.
 */
#ifndef ARRAYPROTO_COMMON_H
#define ARRAYPROTO_COMMON_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <structmember.h>

/* Of objects that are called by what their `vectorcall` points to. */
#define CALLABLE_FLAGS \
    (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | \
     Py_TPFLAGS_IMMUTABLETYPE)

/* A member that tells Python where in an object something is. */
#define OFFSET(name, type, field) {name, T_PYSSIZET, offsetof(type, field), READONLY, NULL}

/* Takes away the exception that is raised, a new reference; NULL if there is none. */
static inline PyObject *
raised_exception(void)
{
#if PY_VERSION_HEX >= 0x030C0000
    return PyErr_GetRaisedException();
#else
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback != NULL) {
        PyException_SetTraceback(value, traceback);
    }
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    return value;
#endif
}

/* Raises an exception, which it steals, in the place of any other; NULL for none. */
static inline void
raise_exception(PyObject *error)
{
#if PY_VERSION_HEX >= 0x030C0000
    PyErr_SetRaisedException(error);
#else
    if (error == NULL) {
        PyErr_Clear();
        return;
    }
    PyErr_Restore(Py_NewRef(Py_TYPE(error)), error, PyException_GetTraceback(error));
#endif
}

/* Makes a type, and puts it into its module; -1 with an error. */
static inline int
add_type(PyObject *module, PyType_Spec *spec)
{
    PyObject *type = PyType_FromModuleAndSpec(module, spec, NULL);
    if (type == NULL) {
        return -1;
    }
    int added = PyModule_AddType(module, (PyTypeObject *)type);
    Py_DECREF(type);
    return added;
}

#endif
