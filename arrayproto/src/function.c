/* Functions that dispatch: what array_function_dispatch() makes. */
#include "function.h"

/* Asks the overrides in turn, as NEP-18 says. */
static PyObject *
defer(Function *self, const Found *found, PyObject *const *args, Py_ssize_t nargs,
      PyObject *kwnames)
{
    PyObject *public_api = (PyObject *)self;
    PyObject *result = NULL;
    PyObject *types = PyTuple_New(found->count);
    PyObject *arguments = PyTuple_New(nargs);
    PyObject *kwargs = PyDict_New();
    if (types == NULL || arguments == NULL || kwargs == NULL) {
        goto done;
    }
    for (Py_ssize_t i = 0; i < found->count; i++) {
        PyTuple_SET_ITEM(types, i, Py_NewRef(Py_TYPE(found->arguments[i])));
    }
    for (Py_ssize_t i = 0; i < nargs; i++) {
        PyTuple_SET_ITEM(arguments, i, Py_NewRef(args[i]));
    }
    for (Py_ssize_t i = 0; kwnames != NULL && i < PyTuple_GET_SIZE(kwnames); i++) {
        if (PyDict_SetItem(kwargs, PyTuple_GET_ITEM(kwnames, i), args[nargs + i]) < 0) {
            goto done;
        }
    }
    for (Py_ssize_t i = 0; i < found->count; i++) {
        PyObject *stack[] = {NULL, found->arguments[i], public_api, types, arguments, kwargs};
        result = PyObject_Vectorcall(found->methods[i], stack + 1,
                                     5 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
        if (result != Py_NotImplemented) {
            goto done;
        }
        Py_CLEAR(result);
    }
    PyObject *error =
        PyObject_CallFunctionObjArgs(self->state->no_implementation, public_api, types, NULL);
    if (error != NULL) {
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
        Py_DECREF(error);
    }
done:
    Py_XDECREF(types);
    Py_XDECREF(arguments);
    Py_XDECREF(kwargs);
    return result;
}

/* The dispatcher has raised TypeError: if it was called wrongly, the message names the public
   function. Where it has run, its frame is on the traceback. */
static void
rename_error(Function *self)
{
    PyObject *error = raised_exception();
    PyObject *traceback = PyException_GetTraceback(error);
    if (traceback == NULL) {
        PyObject *renamed = PyObject_CallOneArg(self->with_public_name, error);
        if (renamed == NULL) {
            Py_DECREF(error);
            return;
        }
        if (PyExceptionInstance_Check(renamed)) {
            Py_SETREF(error, renamed);
        }
        else { /* None: it was not called wrongly */
            Py_DECREF(renamed);
        }
    }
    Py_XDECREF(traceback);
    raise_exception(error);
}

/* The answer of an override to a call with these relevant arguments; NULL without an error if
   none of them overrides. Not inlined: what was found would stay on the stack for the length of the
   implementation. */
static Py_NO_INLINE PyObject *
answer_of_override(Function *self, PyObject *relevant, PyObject *const *args, Py_ssize_t nargs,
                   PyObject *kwnames)
{
    Found found;
    PyObject *result = NULL;
    if (found_collect(&found, self->state, relevant, Py_None) == 0) {
        Py_ssize_t i = 0;
        while (i < found.count && found.methods[i] == self->state->ndarray_method) {
            i++;
        }
        if (i < found.count) {
            result = defer(self, &found, args, nargs, kwnames);
        }
    }
    found_clear(&found);
    return result;
}

/* A call of which it is not certain that it is plain: the dispatcher is asked. */
static PyObject *
ask_and_call(Function *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyObject *relevant = PyObject_Vectorcall(self->otherwise, args, nargsf, kwnames);
    if (relevant == NULL) {
        if (PyErr_ExceptionMatches(PyExc_TypeError)) {
            rename_error(self);
        }
        return NULL;
    }
    PyObject *result =
        answer_of_override(self, relevant, args, PyVectorcall_NARGS(nargsf), kwnames);
    Py_DECREF(relevant);
    if (result != NULL || PyErr_Occurred()) {
        return result;
    }
    return PyObject_Vectorcall(self->implementation, args, nargsf, kwnames);
}

static PyObject *
function_call(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Function *self = (Function *)op;
    int plain = is_plain(self, args, PyVectorcall_NARGS(nargsf), kwnames);
    if (plain != 0) {
        return plain < 0 ? NULL : PyObject_Vectorcall(self->implementation, args, nargsf, kwnames);
    }
    /* Where a call is plain the implementation is Python's, which counts itself. */
    if (Py_EnterRecursiveCall(" in a function that dispatches")) {
        return NULL;
    }
    PyObject *result = ask_and_call(self, args, nargsf, kwnames);
    Py_LeaveRecursiveCall();
    return result;
}

/* Says what is known of the parameters: names, depths, how many can be given by position; -1 with an
   error. */
int
set_parameters(Function *self, PyObject *names, PyObject *depths, Py_ssize_t positional)
{
    if (!PyTuple_CheckExact(names) || !PyBytes_CheckExact(depths) || positional < 0 ||
        PyTuple_GET_SIZE(names) != PyBytes_GET_SIZE(depths) ||
        positional > PyTuple_GET_SIZE(names)) {
        PyErr_SetString(PyExc_ValueError, "names and depths do not belong together");
        return -1;
    }
    self->needed = 0;
    for (Py_ssize_t i = 0; i < PyBytes_GET_SIZE(depths); i++) {
        self->needed += PyBytes_AS_STRING(depths)[i] == ITEMS;
    }
    self->positional = positional;
    self->depths = Py_NewRef(depths);
    self->names = Py_NewRef(names);
    return 0;
}

/* A Function or a Rebound of whose parameters nothing is known yet. */
Function *
function_alloc(PyTypeObject *type, PyObject *implementation, PyObject *otherwise,
               vectorcallfunc vectorcall)
{
    if (!PyCallable_Check(implementation) || !PyCallable_Check(otherwise)) {
        PyErr_SetString(PyExc_TypeError, "implementation and dispatcher must be callable");
        return NULL;
    }
    Function *self = (Function *)callable_alloc(type, vectorcall);
    if (self != NULL) {
        self->implementation = Py_NewRef(implementation);
        self->otherwise = Py_NewRef(otherwise);
    }
    return self;
}

static PyObject *
function_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"implementation", "dispatcher", "with_public_name",
                               "names", "depths", "positional", NULL};
    PyObject *implementation, *dispatcher, *with_public_name, *names = NULL, *depths = NULL;
    Py_ssize_t positional = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOO|OOn", keywords, &implementation,
                                     &dispatcher, &with_public_name, &names, &depths,
                                     &positional)) {
        return NULL;
    }
    Function *self = function_alloc(type, implementation, dispatcher, function_call);
    if (self == NULL) {
        return NULL;
    }
    self->with_public_name = Py_NewRef(with_public_name);
    if (names != NULL && depths != NULL && set_parameters(self, names, depths, positional) < 0) {
        Py_CLEAR(self);
    }
    return (PyObject *)self;
}

int
function_traverse(PyObject *op, visitproc visit, void *arg)
{
    Function *self = (Function *)op;
    Py_VISIT(self->dict);
    Py_VISIT(self->implementation);
    Py_VISIT(self->otherwise);
    Py_VISIT(self->with_public_name);
    Py_VISIT(self->names);
    return callable_traverse(op, visit, arg);
}

/* As of a tuple, what a function or a compound is made of stays until it is freed: something that
   dies with it may still call it from its __del__. A cycle through these goes through something
   that can be changed, a dict or a Python function, and is broken there. */
int
function_clear(PyObject *op)
{
    Py_CLEAR(((Function *)op)->dict);
    return 0;
}

void
function_dealloc(PyObject *op)
{
    Function *self = (Function *)op;
    PyObject_GC_UnTrack(op);
    if (self->weakrefs != NULL) {
        PyObject_ClearWeakRefs(op);
    }
    Py_XDECREF(self->dict);
    Py_XDECREF(self->implementation);
    Py_XDECREF(self->otherwise);
    Py_XDECREF(self->with_public_name);
    Py_XDECREF(self->names);
    Py_XDECREF(self->depths);
    callable_free(op);
}

static PyObject *
function_str(PyObject *self) /* as NumPy's */
{
    return PyObject_Str(((Function *)self)->implementation);
}

static PyMemberDef function_members[] = {
    CALLABLE_MEMBERS(Function),
    {NULL},
};

static PyType_Slot function_slots[] = {
    {Py_tp_new, function_new},
    FUNCTION_SLOTS,
    NAMED_SLOTS,
    {Py_tp_str, function_str},
    {Py_tp_members, function_members},
    {0, NULL},
};

PyType_Spec function_spec = {
    "arrayproto._speed.Function", sizeof(Function), 0, FLAGS, function_slots,
};
