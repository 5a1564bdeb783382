/* What stands in the place of a function of NumPy's that dispatches nothing. */
#include "function.h"

static PyObject *
rebound_call(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Function *self = (Function *)op;
    int plain = is_plain(self, args, PyVectorcall_NARGS(nargsf), kwnames);
    if (plain < 0) {
        return NULL;
    }
    PyObject *call = plain ? self->implementation : self->otherwise;
    Py_INCREF(call); /* the first call replaces what is called */
    PyObject *result = PyObject_Vectorcall(call, args, nargsf, kwnames);
    Py_DECREF(call);
    return result;
}

static PyObject *
rebound_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"function", "first_call", NULL};
    PyObject *function, *first_call;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO", keywords, &function, &first_call)) {
        return NULL;
    }
    return (PyObject *)function_alloc(type, function, first_call, rebound_call);
}

PyDoc_STRVAR(rebound_settle_doc,
"_settle(otherwise, names=None, depths=None, positional=0)\n--\n\n"
"Say what is called from now on where a call is not plain, and which calls are.");

static PyObject *
rebound_settle(PyObject *op, PyObject *args)
{
    Function *self = (Function *)op;
    PyObject *otherwise, *names = NULL, *depths = NULL;
    Py_ssize_t positional = 0;
    if (!PyArg_ParseTuple(args, "O|OOn", &otherwise, &names, &depths, &positional)) {
        return NULL;
    }
    /* Once only: a call of another thread may be reading what is there. */
    if (names != NULL && depths != NULL && self->names == NULL &&
        set_parameters(self, names, depths, positional) < 0) {
        return NULL;
    }
    Py_SETREF(self->otherwise, Py_NewRef(otherwise));
    Py_RETURN_NONE;
}

/* A copy of a function is the function. */
static PyObject *
rebound_itself(PyObject *self, PyObject *Py_UNUSED(memo))
{
    return Py_NewRef(self);
}

static PyObject *
rebound_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<%R, rebound by arrayproto>",
                                ((Function *)self)->implementation);
}

/* As NumPy's function: tables that are keyed on it find what they have. */
static Py_hash_t
rebound_hash(PyObject *self)
{
    return PyObject_Hash(((Function *)self)->implementation);
}

static PyObject *
rebound_compare(PyObject *self, PyObject *other, int op)
{
    if (op != Py_EQ && op != Py_NE) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    if (self == other) {
        return PyBool_FromLong(op == Py_EQ);
    }
    return PyObject_RichCompare(other, ((Function *)self)->implementation, op);
}

/* What Rebound has not got itself is that of the function it stands for: code, defaults, globals.
   So `inspect`, `pydoc` and `doctest` see a function, and need no __wrapped__, by which others tell
   what NumPy dispatches. */
static PyObject *
rebound_getattro(PyObject *self, PyObject *name)
{
    PyObject *value = PyObject_GenericGetAttr(self, name);
    if (value == NULL && PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Clear();
        value = PyObject_GetAttr(((Function *)self)->implementation, name);
    }
    return value;
}

/* isinstance() takes it for a function, as which libraries that look at functions know it. */
static PyObject *
rebound_class(PyObject *self, void *Py_UNUSED(closure))
{
    return Py_NewRef(Py_TYPE(((Function *)self)->implementation));
}

/* TensorFlow leaves alone what has this: see NOT_REWRITTEN in wrapper.py. */
static PyObject *
rebound_autograph_info(PyObject *Py_UNUSED(self), void *Py_UNUSED(closure))
{
    return PyDict_New();
}

/* By the public name of NumPy's function: a program without arrayproto reads it. */
static PyObject *
rebound_reduce(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    PyObject *module = PyImport_ImportModule("arrayproto.rebinding");
    PyObject *reduced = module ? PyObject_CallMethod(module, "reduced", "O", self) : NULL;
    Py_XDECREF(module);
    return reduced;
}

static PyMemberDef rebound_members[] = {
    CALLABLE_MEMBERS(Function),
    {"_original", T_OBJECT_EX, offsetof(Function, implementation), READONLY, NULL},
    {NULL},
};

static PyGetSetDef rebound_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {"__class__", rebound_class, NULL, NULL, NULL},
    {"autograph_info__", rebound_autograph_info, NULL, NULL, NULL},
    {NULL},
};

static PyMethodDef rebound_methods[] = {
    {"__reduce__", rebound_reduce, METH_NOARGS, NULL},
    {"__copy__", rebound_itself, METH_NOARGS, NULL},
    {"__deepcopy__", rebound_itself, METH_O, NULL},
    {"_settle", rebound_settle, METH_VARARGS, rebound_settle_doc},
    {NULL},
};

static PyType_Slot rebound_slots[] = {
    FUNCTION_SLOTS,
    {Py_tp_new, rebound_new},
    {Py_tp_repr, rebound_repr},
    {Py_tp_hash, rebound_hash},
    {Py_tp_richcompare, rebound_compare},
    {Py_tp_getattro, rebound_getattro},
    {Py_tp_members, rebound_members},
    {Py_tp_getset, rebound_getset},
    {Py_tp_methods, rebound_methods},
    {0, NULL},
};

PyType_Spec rebound_spec = {
    "arrayproto._speed.Rebound", sizeof(Function), 0, FLAGS, rebound_slots,
};
