/* What all objects of arrayproto._speed that are called have in common. */
#include "callable.h"

/* An object of which all but what is common is still NULL. */
PyObject *
callable_alloc(PyTypeObject *type, vectorcallfunc vectorcall)
{
    State *state = (State *)PyType_GetModuleState(type);
    if (state == NULL || !is_configured(state)) {
        return NULL;
    }
    Callable *self = (Callable *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->vectorcall = vectorcall;
        self->state = state;
        Py_INCREF(state->module);
    }
    return (PyObject *)self;
}

/* The last step of deallocation. */
void
callable_free(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    PyObject *module = state_of(op)->module;
    type->tp_free(op);
    Py_DECREF(module);
    Py_DECREF(type);
}

int
callable_traverse(PyObject *op, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(state_of(op)->module);
    return 0;
}

HOT PyObject *
callable_get(PyObject *self, PyObject *object, PyObject *Py_UNUSED(type))
{
    return object == NULL ? Py_NewRef(self) : PyMethod_New(self, object);
}

PyObject *
named_repr(PyObject *self)
{
    PyObject *name = PyObject_GetAttr(self, state_of(self)->qualname);
    PyObject *text = name ? PyUnicode_FromFormat("<function %S at %p>", name, self) : NULL;
    Py_XDECREF(name);
    return text;
}

/* By its public name, as functions are pickled. */
static PyObject *
named_reduce(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    return PyObject_GetAttr(self, state_of(self)->qualname);
}

PyMethodDef named_methods[] = {
    {"__reduce__", named_reduce, METH_NOARGS, NULL},
    {NULL},
};

PyGetSetDef named_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL},
};
