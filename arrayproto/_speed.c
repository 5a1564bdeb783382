/*
 * The hot paths of arrayproto.dispatch, arrayproto.rebinding and arrayproto.mixins in C.
 *
 * Optional: everything here does what the Python code beside it does, which is the reference and
 * the fallback (see arrayproto/accelerator.py). Of NumPy's C API only the fields of an ndarray are
 * used, and none of its functions: what else is to be known of NumPy is handed over by configure().
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <structmember.h>

#define NPY_NO_DEPRECATED_API NPY_2_0_API_VERSION
#define NO_IMPORT_ARRAY
#include <numpy/arrayobject.h>

/* What the quick ways leave: their code is one line after another without a jump. */
#define ODD(condition) NPY_UNLIKELY(condition)

/* Next to each other in memory: after a function of a library their code is in no cache either. */
#ifdef __GNUC__
#define HOT __attribute__((hot))
#else
#define HOT
#endif

#define MAX_TYPES 64 /* as NumPy's NPY_MAXARGS */

/* How a parameter is relevant; arrayproto.accelerator has the same numbers. */
enum { IRRELEVANT, ITSELF, ITEMS, ITEMS_OR_ITSELF };

typedef struct {
    PyObject *ndarray;
    PyObject *ndarray_method;
    PyObject *registry;          /* namespace whose `_registered` is true while there are any */
    PyObject *find_method;       /* arrayproto.dispatch.find_method, which knows them */
    PyObject *no_implementation; /* (public_api, types) to the error to raise */
    PyObject *array_function, *registered, *class_, *name;
    struct Remembering *remembering; /* the first of all there are */
} State;

#define STATE_FIELDS(DO) \
    DO(ndarray) DO(ndarray_method) DO(registry) DO(find_method) DO(no_implementation) \
    DO(array_function) DO(registered) DO(class_) DO(name)

/* Where an object has its state. Its type lets go of the module at the end of the process, and is
   there still: what is called then, or dies, keeps the module itself. */
typedef struct {
    PyObject *module;
    State *state;
} Home;

/* 0 with an error where there is none any more. */
static int
set_home(Home *home, PyTypeObject *type)
{
    home->module = Py_XNewRef(PyType_GetModule(type));
    home->state = home->module == NULL ? NULL : (State *)PyModule_GetState(home->module);
    return home->state != NULL;
}

static int
is_configured(State *state)
{
    if (state == NULL) {
        return 0; /* with an error */
    }
    if (state->ndarray == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "configure() has not been called");
    }
    return state->ndarray != NULL;
}

static PyObject *
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

static void
raise_exception(PyObject *error) /* steals it */
{
#if PY_VERSION_HEX >= 0x030C0000
    PyErr_SetRaisedException(error);
#else
    PyErr_Restore(Py_NewRef(Py_TYPE(error)), error, PyException_GetTraceback(error));
#endif
}

/* Which types override --------------------------------------------------------------------- */

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

/* The method of a class as find_method() finds it; NULL without an error if there is none. */
static PyObject *
method_of(State *state, PyTypeObject *type)
{
    if ((PyObject *)type == state->ndarray) {
        return Py_NewRef(state->ndarray_method);
    }
    PyObject *method;
#if PY_VERSION_HEX >= 0x030D0000
    int known = PyObject_GetOptionalAttr((PyObject *)type, state->array_function, &method) >= 0;
#else
    method = PyObject_GetAttr((PyObject *)type, state->array_function);
    int known = method != NULL;
#endif
    if (!known) { /* whatever a metaclass raises means "no protocol" */
        if (!PyErr_ExceptionMatches(PyExc_Exception)) {
            return NULL;
        }
        PyErr_Clear();
        method = NULL;
    }
    if (method == NULL) {
        PyObject *registered = PyDict_GetItemWithError(state->registry, state->registered);
        if (registered == NULL || (PyDict_CheckExact(registered) && !PyDict_GET_SIZE(registered))) {
            return NULL;
        }
    }
    else if (method != Py_None) {
        return method;
    }
    /* Rare: a class registered from outside, or one that sets its method to None. */
    Py_XDECREF(method);
    method = PyObject_CallOneArg(state->find_method, (PyObject *)type);
    if (method == Py_None) {
        Py_CLEAR(method);
    }
    return method;
}

/* 1 if arguments of a type override, 0 if they do not, -1 with an error. */
static int
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

static int
items_override(State *state, PyObject *items) /* a list or a tuple */
{
    PyTypeObject *last = NULL;
    int overrides = 0;
    Py_ssize_t i = 0;
    while (overrides == 0 &&
           (i = next_of_other_type(items, i, last)) < PySequence_Fast_GET_SIZE(items)) {
        Py_XDECREF(last);
        last = (PyTypeObject *)Py_NewRef(Py_TYPE(PySequence_Fast_GET_ITEM(items, i)));
        overrides = type_overrides(state, last);
    }
    Py_XDECREF(last);
    return overrides;
}

/* Implementing arguments, each with its method, in NEP-18's order. */
typedef struct {
    Py_ssize_t count;
    PyTypeObject *types[MAX_TYPES]; /* of the arguments, as they were found */
    PyObject *arguments[MAX_TYPES];
    PyObject *methods[MAX_TYPES];
} Found;

static void
found_clear(Found *found)
{
    for (Py_ssize_t i = 0; i < found->count; i++) {
        Py_DECREF(found->arguments[i]);
        Py_DECREF(found->methods[i]);
    }
}

static inline int
found_type(const Found *found, PyTypeObject *type)
{
    for (Py_ssize_t i = 0; i < found->count; i++) {
        if (found->types[i] == type) {
            return 1;
        }
    }
    return 0;
}

/* Whether one of those found may be a superclass. To ask each of them would be quadratic in the
   number of types: only where a base was found, or isinstance() may be answered by somebody's
   code, can the answer be yes. */
static int
may_have_superclass(State *state, const Found *found, PyObject *argument)
{
    PyTypeObject *type = Py_TYPE(argument);
    PyObject *told = PyObject_GetAttr(argument, state->class_);
    if (told == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError)) {
            return -1;
        }
        PyErr_Clear();
    }
    else {
        Py_DECREF(told);
        if (told != (PyObject *)type) {
            return 1;
        }
    }
    PyObject *bases = type->tp_mro;
    /* The last base is object: where it was found, all are asked. */
    for (Py_ssize_t i = 1; bases != NULL && i < PyTuple_GET_SIZE(bases) - 1; i++) {
        if (found_type(found, (PyTypeObject *)PyTuple_GET_ITEM(bases, i))) {
            return 1;
        }
    }
    return 0;
}

/* Before its first superclass, or last; -1 with an error. */
static Py_ssize_t
place_of(State *state, const Found *found, PyObject *argument, int ask_all)
{
    int ask = ask_all && found->count ? 1 : 0;
    if (found->count && !ask) {
        ask = may_have_superclass(state, found, argument);
    }
    if (ask < 0) {
        return -1;
    }
    for (Py_ssize_t i = 0; ask && i < found->count; i++) {
        int is = PyObject_IsInstance(argument, (PyObject *)Py_TYPE(found->arguments[i]));
        if (is != 0) {
            return is < 0 ? -1 : i;
        }
    }
    return found->count;
}

/* 0, or -1 with an error; what is in `found` is to be cleared in either case. `find` is None for
   the methods that method_of() finds. */
static int
collect(State *state, PyObject *relevant, PyObject *find, Found *found)
{
    found->count = 0;
    PyObject *items = PySequence_Fast(
        relevant, "dispatcher for __array_function__ did not return an iterable");
    if (items == NULL) {
        return -1;
    }
    PyTypeObject *last = NULL;
    int ask_all = 0;
    Py_ssize_t i = 0;
    while ((i = next_of_other_type(items, i, last)) < PySequence_Fast_GET_SIZE(items)) {
        PyObject *argument = PySequence_Fast_GET_ITEM(items, i++);
        PyTypeObject *type = Py_TYPE(argument);
        if (is_basic(type) || found_type(found, type)) {
            continue;
        }
        Py_INCREF(argument);
        Py_INCREF(type);
        Py_XDECREF(last);
        last = type;
        PyObject *method;
        if (find == Py_None) {
            method = method_of(state, type);
        }
        else if ((PyObject *)type == state->ndarray) {
            method = Py_NewRef(state->ndarray_method);
        }
        else {
            method = PyObject_CallOneArg(find, (PyObject *)type);
            if (method == Py_None) {
                Py_CLEAR(method);
            }
        }
        Py_ssize_t place = -1;
        if (method != NULL && found->count == MAX_TYPES) {
            PyErr_Format(PyExc_TypeError,
                         "maximum number (%d) of distinct argument types implementing "
                         "__array_function__ exceeded", MAX_TYPES);
        }
        else if (method != NULL) {
            place = place_of(state, found, argument, ask_all);
        }
        if (place < 0) {
            Py_DECREF(argument);
            Py_XDECREF(method);
            if (PyErr_Occurred()) {
                break;
            }
            continue;
        }
        size_t behind = (size_t)(found->count - place) * sizeof(PyObject *);
        memmove(found->arguments + place + 1, found->arguments + place, behind);
        memmove(found->methods + place + 1, found->methods + place, behind);
        found->arguments[place] = argument;
        found->methods[place] = method;
        found->types[found->count++] = type;
        ask_all |= Py_TYPE(type) != &PyType_Type || type == &PyBaseObject_Type;
    }
    Py_XDECREF(last);
    Py_DECREF(items);
    return PyErr_Occurred() ? -1 : 0;
}

/* Functions that dispatch ------------------------------------------------------------------- */

/* Both types: Function, made by array_function_dispatch(), and Rebound, which stands in the place
   of a function of NumPy's that dispatches nothing. */
typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyObject *dict;
    PyObject *weakrefs;
    PyObject *implementation;
    PyObject *otherwise;        /* the dispatcher; what a Rebound calls when it is not plain */
    PyObject *with_public_name; /* the error of a dispatcher called wrongly, or None; Function */
    PyObject *names;            /* of the parameters, interned; NULL if only a dispatcher knows */
    PyObject *depths;           /* bytes: how each of them is relevant */
    Py_ssize_t positional;      /* how many of them can be given by position */
    Py_ssize_t needed;          /* how many must be given for the dispatcher to be read */
    Home home;
} Function;

static int
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
static int
is_plain(State *state, Function *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
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

/* Ask the overrides in turn, as NEP-18 says; `args` and `kwargs` are what was passed. */
static PyObject *
defer(State *state, PyObject *public_api, const Found *found, PyObject *const *args,
      Py_ssize_t nargs, PyObject *kwnames)
{
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
        PyObject_CallFunctionObjArgs(state->no_implementation, public_api, types, NULL);
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
        if (renamed == Py_None) {
            Py_DECREF(renamed);
        }
        else {
            Py_SETREF(error, renamed);
        }
    }
    Py_XDECREF(traceback);
    raise_exception(error);
}

/* The answer of an override to a call with these relevant arguments; NULL without an error if
   none of them overrides. Not inlined: what was found would stay on the stack for the length of the
   implementation. */
static Py_NO_INLINE PyObject *
answer_of_override(State *state, Function *self, PyObject *relevant, PyObject *const *args,
                   Py_ssize_t nargs, PyObject *kwnames)
{
    Found found;
    PyObject *result = NULL;
    if (collect(state, relevant, Py_None, &found) == 0) {
        Py_ssize_t i = 0;
        while (i < found.count && found.methods[i] == state->ndarray_method) {
            i++;
        }
        if (i < found.count) {
            result = defer(state, (PyObject *)self, &found, args, nargs, kwnames);
        }
    }
    found_clear(&found);
    return result;
}

static PyObject *
ask_and_call(State *state, Function *self, PyObject *const *args, size_t nargsf,
             PyObject *kwnames)
{
    PyObject *relevant = PyObject_Vectorcall(self->otherwise, args, nargsf, kwnames);
    if (relevant == NULL) {
        if (PyErr_ExceptionMatches(PyExc_TypeError)) {
            rename_error(self);
        }
        return NULL;
    }
    PyObject *result = answer_of_override(state, self, relevant, args, PyVectorcall_NARGS(nargsf),
                                          kwnames);
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
    State *state = self->home.state;
    int plain = is_plain(state, self, args, PyVectorcall_NARGS(nargsf), kwnames);
    if (plain != 0) {
        return plain < 0 ? NULL : PyObject_Vectorcall(self->implementation, args, nargsf, kwnames);
    }
    /* Where a call is plain the implementation is Python's, which counts itself. */
    if (Py_EnterRecursiveCall(" in a function that dispatches")) {
        return NULL;
    }
    PyObject *result = ask_and_call(state, self, args, nargsf, kwnames);
    Py_LeaveRecursiveCall();
    return result;
}

static PyObject *
rebound_call(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Function *self = (Function *)op;
    int plain = is_plain(self->home.state, self, args, PyVectorcall_NARGS(nargsf), kwnames);
    if (plain < 0) {
        return NULL;
    }
    PyObject *call = plain ? self->implementation : self->otherwise;
    Py_INCREF(call); /* the first call replaces what is called */
    PyObject *result = PyObject_Vectorcall(call, args, nargsf, kwnames);
    Py_DECREF(call);
    return result;
}

/* What is known of the parameters: names, depths, how many can be given by position. */
static int
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

static Function *
function_alloc(PyTypeObject *type, PyObject *implementation, PyObject *otherwise,
               vectorcallfunc vectorcall)
{
    if (!is_configured((State *)PyType_GetModuleState(type))) {
        return NULL;
    }
    if (!PyCallable_Check(implementation) || !PyCallable_Check(otherwise)) {
        PyErr_SetString(PyExc_TypeError, "implementation and dispatcher must be callable");
        return NULL;
    }
    Function *self = (Function *)type->tp_alloc(type, 0);
    if (self != NULL && !set_home(&self->home, type)) {
        Py_CLEAR(self);
    }
    if (self != NULL) {
        self->vectorcall = vectorcall;
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

static int
function_traverse(PyObject *op, visitproc visit, void *arg)
{
    Function *self = (Function *)op;
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(self->dict);
    Py_VISIT(self->implementation);
    Py_VISIT(self->otherwise);
    Py_VISIT(self->with_public_name);
    Py_VISIT(self->names);
    Py_VISIT(self->home.module);
    return 0;
}

/* As of a tuple, what a function or a compound is made of stays until it is freed: something that
   dies with it may still call it from its __del__. A cycle through these goes through something
   that can be changed, a dict or a Python function, and is broken there. */
static int
function_clear(PyObject *op)
{
    Py_CLEAR(((Function *)op)->dict);
    return 0;
}

static void
function_dealloc(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
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
    Py_XDECREF(self->home.module);
    type->tp_free(op);
    Py_DECREF(type);
}

static HOT PyObject *
function_get(PyObject *self, PyObject *object, PyObject *Py_UNUSED(type))
{
    return object == NULL ? Py_NewRef(self) : PyMethod_New(self, object);
}

static PyObject *
function_repr(PyObject *self)
{
    PyObject *name = PyObject_GetAttrString(self, "__qualname__");
    PyObject *text = name ? PyUnicode_FromFormat("<function %S at %p>", name, self) : NULL;
    Py_XDECREF(name);
    return text;
}

static PyObject *
function_str(PyObject *self) /* as NumPy's */
{
    return PyObject_Str(((Function *)self)->implementation);
}

static PyObject *
function_reduce(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    return PyObject_GetAttrString(self, "__qualname__");
}

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

static PyObject *
rebound_reduce(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    PyObject *module = PyImport_ImportModule("arrayproto.rebinding");
    PyObject *reduced = module ? PyObject_CallMethod(module, "reduced", "O", self) : NULL;
    Py_XDECREF(module);
    return reduced;
}

static PyMemberDef function_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Function, vectorcall), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(Function, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Function, weakrefs), READONLY, NULL},
    {NULL},
};

static PyMemberDef rebound_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Function, vectorcall), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(Function, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Function, weakrefs), READONLY, NULL},
    {"_original", T_OBJECT_EX, offsetof(Function, implementation), READONLY, NULL},
    {NULL},
};

static PyGetSetDef function_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL},
};

static PyGetSetDef rebound_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {"__class__", rebound_class, NULL, NULL, NULL},
    {"autograph_info__", rebound_autograph_info, NULL, NULL, NULL},
    {NULL},
};

static PyMethodDef function_methods[] = {
    {"__reduce__", function_reduce, METH_NOARGS, NULL},
    {NULL},
};

static PyMethodDef rebound_methods[] = {
    {"__reduce__", rebound_reduce, METH_NOARGS, NULL},
    {"__copy__", rebound_itself, METH_NOARGS, NULL},
    {"__deepcopy__", rebound_itself, METH_O, NULL},
    {"_settle", rebound_settle, METH_VARARGS, rebound_settle_doc},
    {NULL},
};

#define FUNCTION_SLOTS \
    {Py_tp_call, PyVectorcall_Call}, \
    {Py_tp_traverse, function_traverse}, \
    {Py_tp_clear, function_clear}, \
    {Py_tp_dealloc, function_dealloc}, \
    {Py_tp_descr_get, function_get}

static PyType_Slot function_slots[] = {
    FUNCTION_SLOTS,
    {Py_tp_new, function_new},
    {Py_tp_repr, function_repr},
    {Py_tp_str, function_str},
    {Py_tp_members, function_members},
    {Py_tp_getset, function_getset},
    {Py_tp_methods, function_methods},
    {0, NULL},
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

/* A call of one as a method makes no bound method. */
#define FLAGS \
    (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | \
     Py_TPFLAGS_METHOD_DESCRIPTOR | Py_TPFLAGS_IMMUTABLETYPE)

static PyType_Spec function_spec = {
    "arrayproto._speed.Function", sizeof(Function), 0, FLAGS, function_slots,
};
static PyType_Spec rebound_spec = {
    "arrayproto._speed.Rebound", sizeof(Function), 0, FLAGS, rebound_slots,
};

/* Callables of several parts ------------------------------------------------------------------ */

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
    PyObject_HEAD
    vectorcallfunc vectorcall;
    Memo last;         /* of Direct; of Product no more than what calls its OWN */
    PyObject *ndarray; /* the state's, which is three steps away */
    PyObject *parts[MAX_PARTS];
    PyObject *dict;
    PyObject *weakrefs;
    Home home;
} Compound;

static PyObject *
compound_alloc(PyTypeObject *type, vectorcallfunc vectorcall, PyObject *const *parts, int count)
{
    Compound *self = (Compound *)type->tp_alloc(type, 0);
    if (self != NULL && !set_home(&self->home, type)) {
        Py_CLEAR(self);
    }
    if (self != NULL) {
        self->vectorcall = vectorcall;
        self->ndarray = Py_XNewRef(self->home.state->ndarray);
        for (int i = 0; i < count; i++) {
            self->parts[i] = Py_XNewRef(parts[i]);
        }
    }
    return (PyObject *)self;
}

static int
compound_traverse(PyObject *op, visitproc visit, void *arg)
{
    Compound *self = (Compound *)op;
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(self->dict);
    Py_VISIT(self->ndarray);
    Py_VISIT(self->home.module);
    for (int i = 0; i < MAX_PARTS; i++) {
        Py_VISIT(self->parts[i]);
    }
    return 0;
}

static int
compound_clear(PyObject *op) /* see function_clear() */
{
    Py_CLEAR(((Compound *)op)->dict);
    return 0;
}

static void
compound_dealloc(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    Compound *self = (Compound *)op;
    PyObject_GC_UnTrack(op);
    if (self->weakrefs != NULL) {
        PyObject_ClearWeakRefs(op);
    }
    Py_XDECREF(self->dict);
    Py_XDECREF(self->ndarray);
    for (int i = 0; i < MAX_PARTS; i++) {
        Py_XDECREF(self->parts[i]);
    }
    Py_XDECREF(self->home.module);
    type->tp_free(op);
    Py_DECREF(type);
}

static PyMemberDef compound_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Compound, vectorcall), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(Compound, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Compound, weakrefs), READONLY, NULL},
    {NULL},
};

#define SHARED_SLOTS \
    {Py_tp_call, PyVectorcall_Call}, \
    {Py_tp_descr_get, function_get}, \
    {Py_tp_repr, function_repr}, \
    {Py_tp_methods, function_methods}, \
    {Py_tp_members, compound_members}, \
    {Py_tp_getset, function_getset}

#define COMPOUND_SLOTS \
    {Py_tp_traverse, compound_traverse}, \
    {Py_tp_clear, compound_clear}, \
    {Py_tp_dealloc, compound_dealloc}, \
    SHARED_SLOTS

/* Callables that remember ---------------------------------------------------------------------- */

/* Adapter and Direct. */
typedef struct Remembering {
    Compound compound;
    struct Remembering *next, **here; /* in the list of all of them, which owns none */
    int size;
    Memo *memory; /* a part of itself */
} Remembering;

/* To be called once it has been made. */
static void
set_memory(Remembering *self, Memo *memory, int size)
{
    self->memory = memory;
    self->size = size;
    self->here = &self->compound.home.state->remembering;
    self->next = *self->here;
    *self->here = self;
    if (self->next != NULL) {
        self->next->here = &self->next;
    }
}

static void
forget(Remembering *self)
{
    for (int i = 0; i < self->size; i++) {
        Memo memo = self->memory[i];
        self->memory[i].key = self->memory[i].found = NULL;
        Py_XDECREF(memo.key);
        Py_XDECREF(memo.found);
    }
}

static int
remembering_traverse(PyObject *op, visitproc visit, void *arg)
{
    Remembering *self = (Remembering *)op;
    for (int i = 0; i < self->size; i++) {
        Py_VISIT(self->memory[i].key);
        Py_VISIT(self->memory[i].found);
    }
    return compound_traverse(op, visit, arg);
}

static int
remembering_clear(PyObject *op)
{
    forget((Remembering *)op);
    return compound_clear(op);
}

static void
remembering_dealloc(PyObject *op)
{
    Remembering *self = (Remembering *)op;
    PyObject_GC_UnTrack(op);
    if (self->here != NULL) { /* first of all: what follows may call module_forget() */
        *self->here = self->next;
    }
    if (self->next != NULL) {
        self->next->here = self->here;
    }
    if (self->compound.weakrefs != NULL) {
        PyObject_ClearWeakRefs(op);
    }
    forget(self);
    compound_dealloc(op);
}

/* What calls an object. What is Python's or ours is called without asking its type how: that does
   not change. */
static vectorcallfunc
what_calls(PyObject *callable)
{
    if (PyFunction_Check(callable)) {
        return ((PyFunctionObject *)callable)->vectorcall;
    }
    if (Py_TYPE(callable)->tp_dealloc == compound_dealloc) {
        return ((Compound *)callable)->vectorcall;
    }
    return PyObject_Vectorcall;
}

/* What a dict has for a key, a new reference, and from now on in a memo; NULL with an error or
   without one. */
static Py_NO_INLINE PyObject *
look_up(Memo *memo, PyObject *dict, PyObject *key)
{
    if (memo->key == key) {
        return Py_NewRef(memo->found);
    }
    PyObject *found = Py_XNewRef(PyDict_GetItemWithError(dict, key));
    if (found != NULL) {
        Memo before = *memo;
        memo->key = Py_NewRef(key);
        memo->found = Py_NewRef(found);
        memo->call = what_calls(found);
        Py_XDECREF(before.key);
        Py_XDECREF(before.found);
    }
    return found;
}

static Py_ALWAYS_INLINE inline PyObject *
call_found(const Memo *memo, PyObject *const *args, size_t nargsf)
{
    PyObject *found = Py_NewRef(memo->found); /* the memo may change meanwhile */
    PyObject *result = memo->call(found, args, nargsf, NULL);
    Py_DECREF(found);
    return result;
}

#define REMEMBERING_SLOTS \
    {Py_tp_traverse, remembering_traverse}, \
    {Py_tp_clear, remembering_clear}, \
    {Py_tp_dealloc, remembering_dealloc}, \
    SHARED_SLOTS

/* The __array_function__ of an adapter ---------------------------------------------------------- */

enum {
    IN_PYTHON,   /* answers wherever the answer is not in the tables */
    ACCEPTS,
    CALLED,      /* dict: function to what is called */
    BY_POSITION, /* dict: the same for calls without keywords */
    REFUSALS,    /* tuple: types of errors */
    REFUSED,     /* (self, func, types, args, kwargs, error) to the answer */
    INSIDE,      /* dict: module name to whether it is the library's own; may be NULL */
};

#define MEMORY_BITS 3

typedef struct {
    Remembering remembering;
    Memo memory[1 << MEMORY_BITS]; /* by function */
} Adapter;

static inline Memo *
memo_of(Adapter *self, PyObject *func)
{
    npy_uint64 spread = (npy_uint64)(Py_uintptr_t)func * 0x9E3779B97F4A7C15u;
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
    if (NPY_UNLIKELY(result == NULL) && PyErr_ExceptionMatches(self->parts[REFUSALS])) {
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

static HOT PyObject *
adapter_of_guest_call(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyObject *const *parts = ((Compound *)op)->parts;
    int outside = called_from_outside(((Compound *)op)->home.state, parts);
    if (NPY_UNLIKELY(outside <= 0)) {
        return outside < 0 ? NULL : PyObject_Vectorcall(parts[IN_PYTHON], args, nargsf, kwnames);
    }
    return adapter_recalls((Adapter *)op, args, nargsf, kwnames);
}

static PyObject *
adapter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"in_python", "accepts", "called", "by_position",
                               "refusals", "refused", "inside", NULL};
    PyObject *p[7];
    p[INSIDE] = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOO!O!O!O|O!", keywords, &p[IN_PYTHON],
                                     &p[ACCEPTS], &PyDict_Type, &p[CALLED], &PyDict_Type,
                                     &p[BY_POSITION], &PyTuple_Type, &p[REFUSALS], &p[REFUSED],
                                     &PyDict_Type, &p[INSIDE])) {
        return NULL;
    }
    vectorcallfunc call = p[INSIDE] == NULL ? adapter_call : adapter_of_guest_call;
    Adapter *self = (Adapter *)compound_alloc(type, call, p, 7);
    if (self != NULL) {
        set_memory(&self->remembering, self->memory, 1 << MEMORY_BITS);
    }
    return (PyObject *)self;
}

static PyType_Slot adapter_slots[] = {{Py_tp_new, adapter_new}, REMEMBERING_SLOTS, {0, NULL}};
static PyType_Spec adapter_spec = {
    "arrayproto._speed.Adapter", sizeof(Adapter), 0, FLAGS, adapter_slots,
};

/* A library's own product, where it is right ---------------------------------------------------- */

/* Whether all values are finite; 0 also where only NumPy can tell. */
static HOT Py_NO_INLINE int
are_finite(PyArrayObject *values, npy_intp count)
{
    int odd = 0;
    /* The exponent of what is not finite is all ones. */
    switch (PyArray_TYPE(values)) {
    case NPY_COMPLEX128:
        count *= 2; /* fall through */
    case NPY_FLOAT64: {
        const npy_uint64 exponent = 0x7FF0000000000000u, *bits = PyArray_DATA(values);
        for (npy_intp i = 0; i < count; i++) {
            odd |= (bits[i] & exponent) == exponent;
        }
        return !odd;
    }
    case NPY_COMPLEX64:
        count *= 2; /* fall through */
    case NPY_FLOAT32: {
        const npy_uint32 exponent = 0x7F800000u, *bits = PyArray_DATA(values);
        for (npy_intp i = 0; i < count; i++) {
            odd |= (bits[i] & exponent) == exponent;
        }
        return !odd;
    }
    default:
        return PyTypeNum_ISINTEGER(PyArray_TYPE(values)) || PyTypeNum_ISBOOL(PyArray_TYPE(values));
    }
}

enum {
    OWN,       /* of two arrays and, if it is given, the axes to sum over */
    CLASS,     /* of both arrays */
    ATTRIBUTE, /* of an array: an ndarray that tells whether `own` is right */
    RANK,      /* None: the ndarray must be finite. Or the number of axes summed by default: it must
                  be inexact, and have as many as are summed */
    SCALAR,    /* class of results that have left the library */
    OTHERWISE, /* is called where `own` is not certain to be right, or raises ValueError */
};

/* The ndarray that tells of an operand, a new reference; NULL with an error, or without where it is
   not an array of the library's that has one. */
static Py_ALWAYS_INLINE inline PyArrayObject *
told_by(Compound *self, PyObject *operand)
{
    PyTypeObject *type = Py_TYPE(operand);
    if (ODD((PyObject *)type != self->parts[CLASS])) {
        return NULL;
    }
    PyObject *found = type->tp_getattro(operand, self->parts[ATTRIBUTE]);
    if (ODD(found == NULL) || ODD((PyObject *)Py_TYPE(found) != self->ndarray)) {
        Py_XDECREF(found);
        return NULL;
    }
    return (PyArrayObject *)found;
}

static Py_ALWAYS_INLINE inline int
has_finite_values(Compound *self, PyObject *operand)
{
    PyArrayObject *values = told_by(self, operand);
    if (ODD(values == NULL)) {
        return 0;
    }
    int finite = 0;
    if (NPY_LIKELY(PyArray_ISCARRAY_RO(values))) {
        npy_intp count = 1;
        for (int i = 0; i < PyArray_NDIM(values); i++) {
            count *= PyArray_DIM(values, i);
        }
        finite = are_finite(values, count);
    }
    Py_DECREF(values);
    return finite;
}

static inline int
has_inexact_axes(Compound *self, PyObject *operand, long axes)
{
    PyArrayObject *array = told_by(self, operand);
    if (ODD(array == NULL)) {
        return 0;
    }
    int number = PyArray_TYPE(array);
    int right = (PyTypeNum_ISFLOAT(number) || PyTypeNum_ISCOMPLEX(number)) &&
                axes <= PyArray_NDIM(array);
    Py_DECREF(array);
    return right;
}

static Py_NO_INLINE PyObject *
other_product(Compound *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (PyErr_Occurred()) {
        return NULL;
    }
    return PyObject_Vectorcall(self->parts[OTHERWISE], args, nargsf, kwnames);
}

/* What is not an array of the library, or NULL with an error. */
static Py_NO_INLINE PyObject *
odd_product(Compound *self, PyObject *result, PyObject *const *args, size_t nargsf)
{
    if (result == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_ValueError)) {
            return NULL;
        }
        PyErr_Clear(); /* the answer, or NumPy's error, is found by the long way */
    }
    else if (!PyObject_TypeCheck(result, (PyTypeObject *)self->parts[SCALAR])) {
        return result;
    }
    else {
        Py_DECREF(result);
    }
    return other_product(self, args, nargsf, NULL);
}

static inline PyObject *
own_product(Compound *self, PyObject *const *args, size_t nargsf)
{
    PyObject *cls = self->parts[CLASS]; /* which no cache has any more afterwards */
    PyObject *result = self->last.call(self->parts[OWN], args, PyVectorcall_NARGS(nargsf), NULL);
    if (NPY_LIKELY(result != NULL && (PyObject *)Py_TYPE(result) == cls)) {
        return result;
    }
    return odd_product(self, result, args, nargsf);
}

static inline int
is_product(size_t nargsf, PyObject *kwnames)
{
    Py_ssize_t nargs = PyVectorcall_NARGS(nargsf);
    return (nargs == 2 || nargs == 3) && kwnames == NULL;
}

static HOT PyObject *
product_of_finite(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Compound *self = (Compound *)op;
    if (ODD(!is_product(nargsf, kwnames)) || ODD(!has_finite_values(self, args[0])) ||
        (args[1] != args[0] && !has_finite_values(self, args[1]))) {
        return other_product(self, args, nargsf, kwnames);
    }
    return own_product(self, args, nargsf);
}

static HOT PyObject *
product_by_rank(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Compound *self = (Compound *)op;
    if (NPY_LIKELY(is_product(nargsf, kwnames))) {
        PyObject *given = PyVectorcall_NARGS(nargsf) == 3 ? args[2] : self->parts[RANK];
        int overflow = 1;
        long axes = PyLong_CheckExact(given) ? PyLong_AsLongAndOverflow(given, &overflow) : 0;
        if (NPY_LIKELY(!overflow && has_inexact_axes(self, args[0], axes)) &&
            (args[1] == args[0] || has_inexact_axes(self, args[1], axes))) {
            return own_product(self, args, nargsf);
        }
    }
    return other_product(self, args, nargsf, kwnames);
}

PyDoc_STRVAR(product_doc,
"Product(own, cls, attribute, rank, scalar, otherwise)\n--\n\n"
"As arrayproto.libraries.products.Product.make says.");

static PyObject *
product_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"own", "cls", "attribute", "rank", "scalar", "otherwise", NULL};
    PyObject *p[6];
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO!UOO!O", keywords, &p[OWN], &PyType_Type,
                                     &p[CLASS], &p[ATTRIBUTE], &p[RANK], &PyType_Type, &p[SCALAR],
                                     &p[OTHERWISE]) ||
        !is_configured((State *)PyType_GetModuleState(type))) {
        return NULL;
    }
    vectorcallfunc call = p[RANK] == Py_None ? product_of_finite : product_by_rank;
    PyObject *self = compound_alloc(type, call, p, 6);
    if (self != NULL) {
        ((Compound *)self)->last.call = what_calls(p[OWN]);
    }
    return self;
}

static PyType_Slot product_slots[] = {
    {Py_tp_new, product_new}, {Py_tp_doc, (void *)product_doc}, COMPOUND_SLOTS, {0, NULL},
};
static PyType_Spec product_spec = {
    "arrayproto._speed.Product", sizeof(Compound), 0, FLAGS, product_slots,
};

/* A product of a library's for arrays of so many axes ------------------------------------------- */

enum {
    BY_RANKS,         /* tuple of tuples: by the numbers of axes of both arrays, what sums over one
                         axis and refuses lengths that differ; or None */
    RANKED_CLASS,     /* of both arrays */
    RANK_OF,          /* array to its number of axes */
    RANKED_REFUSED,   /* tuple: what is raised where NumPy has an answer of its own */
    RANKED_OTHERWISE, /* is called for all else */
};

/* The item of a tuple by the number of axes of an array, borrowed; NULL if there is none, with an
   error or without one. */
static PyObject *
item_by_rank(PyObject *items, PyObject *rank_of, PyObject *array)
{
    PyObject *found = PyObject_CallOneArg(rank_of, array);
    if (found == NULL) {
        return NULL;
    }
    Py_ssize_t rank = PyLong_Check(found) ? PyLong_AsSsize_t(found) : -1;
    Py_DECREF(found);
    return rank < 0 || rank >= PyTuple_GET_SIZE(items) ? NULL : PyTuple_GET_ITEM(items, rank);
}

static PyObject *
ranked_call(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    PyObject *const *parts = ((Compound *)op)->parts;
    if (PyVectorcall_NARGS(nargsf) == 3 && kwnames == NULL &&
        (PyObject *)Py_TYPE(args[0]) == parts[RANKED_CLASS] &&
        (PyObject *)Py_TYPE(args[1]) == parts[RANKED_CLASS] && PyLong_CheckExact(args[2]) &&
        PyLong_AsLongAndOverflow(args[2], &(int){0}) == 1) {
        PyObject *call = item_by_rank(parts[BY_RANKS], parts[RANK_OF], args[0]);
        if (call != NULL) {
            call = item_by_rank(call, parts[RANK_OF], args[1]);
        }
        if (call != NULL && call != Py_None) {
            PyObject *result = PyObject_Vectorcall(call, args, 2, NULL);
            if (result != NULL) {
                return result;
            }
        }
        if (PyErr_Occurred()) {
            if (!PyErr_ExceptionMatches(parts[RANKED_REFUSED])) {
                return NULL;
            }
            PyErr_Clear(); /* the answer, or NumPy's error, is found by the long way */
        }
    }
    return PyObject_Vectorcall(parts[RANKED_OTHERWISE], args, nargsf, kwnames);
}

PyDoc_STRVAR(ranked_doc,
"Ranked(by_ranks, cls, rank, refused, otherwise)\n--\n\n"
"numpy.tensordot over one axis of arrays of a class, by how many axes they have; see\n"
"arrayproto.libraries.torch_shortcuts.");

static PyObject *
ranked_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"by_ranks", "cls", "rank", "refused", "otherwise", NULL};
    PyObject *p[5];
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!O!OO!O", keywords, &PyTuple_Type,
                                     &p[BY_RANKS], &PyType_Type, &p[RANKED_CLASS], &p[RANK_OF],
                                     &PyTuple_Type, &p[RANKED_REFUSED], &p[RANKED_OTHERWISE])) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(p[BY_RANKS]); i++) {
        if (!PyTuple_Check(PyTuple_GET_ITEM(p[BY_RANKS], i))) {
            PyErr_SetString(PyExc_TypeError, "by_ranks must be a tuple of tuples");
            return NULL;
        }
    }
    return compound_alloc(type, ranked_call, p, 5);
}

static PyType_Slot ranked_slots[] = {
    {Py_tp_new, ranked_new}, {Py_tp_doc, (void *)ranked_doc}, COMPOUND_SLOTS, {0, NULL},
};
static PyType_Spec ranked_spec = {
    "arrayproto._speed.Ranked", sizeof(Compound), 0, FLAGS, ranked_slots,
};

/* Functions of the explicit namespace ------------------------------------------------------------ */

enum {
    WRAPPER, /* Python's, for every call that is not answered here */
    TARGETS, /* dict: the one type of the required relevant arguments to what is called */
    BY_NAME, /* dict: the same for calls with keywords */
    NAMES,   /* tuple of the parameters, interned; as many as there are */
};

#define MAX_NAMES 30

typedef struct {
    Remembering remembering;            /* the last type, for calls without keywords */
    unsigned char required, positional; /* how many arguments */
    char depths[MAX_NAMES];             /* how each of them is relevant */
} Direct;

/* The one type of all items of a list or tuple, borrowed; NULL if there is none. */
static PyTypeObject *
type_of_items(PyObject *items)
{
    if (!(PyList_CheckExact(items) || PyTuple_CheckExact(items)) ||
        !PySequence_Fast_GET_SIZE(items)) {
        return NULL;
    }
    PyTypeObject *first = Py_TYPE(PySequence_Fast_GET_ITEM(items, 0));
    return next_of_other_type(items, 1, first) == PySequence_Fast_GET_SIZE(items) ? first : NULL;
}

/* Whether an option overrides nothing, as is seen at once. */
static inline int
is_plain_option(PyObject *ndarray, PyObject *option, char depth)
{
    return depth == IRRELEVANT || option == Py_None ||
           (depth == ITSELF && (PyObject *)Py_TYPE(option) == ndarray);
}

/* The type of which all arrays are that are given, borrowed; NULL where that is not certain. */
static PyTypeObject *
one_type_of(Direct *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames)
{
    const char *depths = self->depths;
    PyObject *ndarray = self->remembering.compound.ndarray;
    Py_ssize_t required = self->required;
    if (nargs < required || nargs > self->positional) {
        return NULL;
    }
    PyTypeObject *type = NULL;
    for (Py_ssize_t i = 0; i < required; i++) {
        if (depths[i] == IRRELEVANT) {
            continue;
        }
        PyTypeObject *here = depths[i] == ITSELF ? Py_TYPE(args[i]) : type_of_items(args[i]);
        if (here == NULL || (type != NULL && type != here)) {
            return NULL;
        }
        type = here;
    }
    for (Py_ssize_t i = required; i < nargs; i++) {
        if (!is_plain_option(ndarray, args[i], depths[i])) {
            return NULL;
        }
    }
    for (Py_ssize_t k = 0; kwnames != NULL && k < PyTuple_GET_SIZE(kwnames); k++) {
        PyObject *name = PyTuple_GET_ITEM(kwnames, k);
        PyObject *names = self->remembering.compound.parts[NAMES];
        Py_ssize_t i = required;
        while (i < PyTuple_GET_SIZE(names) && PyTuple_GET_ITEM(names, i) != name) {
            i++;
        }
        if (i == PyTuple_GET_SIZE(names) ||
            !is_plain_option(ndarray, args[nargs + k], depths[i])) {
            return NULL;
        }
    }
    return type;
}

/* Any call of a Direct. */
static Py_NO_INLINE PyObject *
direct_call(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Compound *self = (Compound *)op;
    PyTypeObject *type = one_type_of((Direct *)op, args, PyVectorcall_NARGS(nargsf), kwnames);
    if (type != NULL) {
        PyObject *key = (PyObject *)type;
        PyObject *target = kwnames == NULL
                               ? look_up(&self->last, self->parts[TARGETS], key)
                               : Py_XNewRef(PyDict_GetItemWithError(self->parts[BY_NAME], key));
        if (target != NULL) {
            PyObject *result = PyObject_Vectorcall(target, args, nargsf, kwnames);
            Py_DECREF(target);
            return result;
        }
        if (PyErr_Occurred()) { /* a metaclass may make its classes unhashable */
            if (!PyErr_ExceptionMatches(PyExc_TypeError)) {
                return NULL;
            }
            PyErr_Clear();
        }
    }
    return PyObject_Vectorcall(self->parts[WRAPPER], args, nargsf, kwnames);
}

/* The same where one argument is required, and is ITSELF an array, or two: quick where no more is
   given, and the type is the last one. */
static HOT PyObject *
direct_call_of_one(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Memo *memo = &((Compound *)op)->last;
    if (ODD(PyVectorcall_NARGS(nargsf) != 1) || ODD(kwnames != NULL) ||
        ODD(memo->key != (PyObject *)Py_TYPE(args[0]))) {
        return direct_call(op, args, nargsf, kwnames);
    }
    return call_found(memo, args, nargsf);
}

static HOT PyObject *
direct_call_of_two(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Memo *memo = &((Compound *)op)->last;
    if (ODD(PyVectorcall_NARGS(nargsf) != 2) || ODD(kwnames != NULL) ||
        ODD(memo->key != (PyObject *)Py_TYPE(args[0])) ||
        ODD(memo->key != (PyObject *)Py_TYPE(args[1]))) {
        return direct_call(op, args, nargsf, kwnames);
    }
    return call_found(memo, args, nargsf);
}

PyDoc_STRVAR(direct_doc,
"Direct(wrapper, targets, by_name, names, depths, counts)\n--\n\n"
"Calls whose required arguments go by position, and whose arrays are of one type that `targets`\n"
"has or, for calls with keywords, `by_name`.");

static PyObject *
direct_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"wrapper", "targets", "by_name", "names", "depths", "counts", NULL};
    PyObject *p[4], *depths, *counts;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO!O!O!SS", keywords, &p[WRAPPER],
                                     &PyDict_Type, &p[TARGETS], &PyDict_Type, &p[BY_NAME],
                                     &PyTuple_Type, &p[NAMES], &depths, &counts) ||
        !is_configured((State *)PyType_GetModuleState(type))) {
        return NULL;
    }
    const unsigned char *count = (const unsigned char *)PyBytes_AS_STRING(counts);
    Py_ssize_t given = PyTuple_GET_SIZE(p[NAMES]);
    if (PyBytes_GET_SIZE(counts) != 2 || PyBytes_GET_SIZE(depths) != given || given > MAX_NAMES ||
        count[0] > count[1] || count[1] > given) {
        PyErr_SetString(PyExc_ValueError, "names, depths and counts do not belong together");
        return NULL;
    }
    const char *depth = PyBytes_AS_STRING(depths);
    vectorcallfunc call = direct_call;
    if (count[0] == 1 && depth[0] == ITSELF) {
        call = direct_call_of_one;
    }
    else if (count[0] == 2 && depth[0] == ITSELF && depth[1] == ITSELF) {
        call = direct_call_of_two;
    }
    Direct *self = (Direct *)compound_alloc(type, call, p, 4);
    if (self != NULL) {
        set_memory(&self->remembering, &self->remembering.compound.last, 1);
        self->required = count[0];
        self->positional = count[1];
        memcpy(self->depths, depth, (size_t)given);
    }
    return (PyObject *)self;
}

static PyType_Slot direct_slots[] = {
    {Py_tp_new, direct_new}, {Py_tp_doc, (void *)direct_doc}, REMEMBERING_SLOTS, {0, NULL},
};
static PyType_Spec direct_spec = {
    "arrayproto._speed.Direct", sizeof(Direct), 0, FLAGS, direct_slots,
};

/* The module -------------------------------------------------------------------------------- */

PyDoc_STRVAR(implementing_doc,
"implementing(relevant_args, find=None)\n--\n\n"
"As arrayproto.dispatch.implementing; `find` None stands for find_method.");

static PyObject *
module_implementing(PyObject *module, PyObject *args)
{
    PyObject *relevant, *find = Py_None;
    State *state = (State *)PyModule_GetState(module);
    if (!PyArg_ParseTuple(args, "O|O", &relevant, &find) || !is_configured(state)) {
        return NULL;
    }
    Found found;
    PyObject *result = NULL;
    if (collect(state, relevant, find, &found) == 0) {
        result = PyList_New(found.count);
        for (Py_ssize_t i = 0; result != NULL && i < found.count; i++) {
            PyObject *pair = PyTuple_Pack(2, found.arguments[i], found.methods[i]);
            if (pair == NULL) {
                Py_CLEAR(result);
                break;
            }
            PyList_SET_ITEM(result, i, pair);
        }
    }
    found_clear(&found);
    return result;
}

PyDoc_STRVAR(get_implementing_args_doc,
"get_implementing_args(relevant_args)\n--\n\nAs arrayproto.dispatch.get_implementing_args.");

static PyObject *
module_get_implementing_args(PyObject *module, PyObject *relevant)
{
    State *state = (State *)PyModule_GetState(module);
    if (!is_configured(state)) {
        return NULL;
    }
    Found found;
    PyObject *result = NULL;
    if (collect(state, relevant, Py_None, &found) == 0) {
        result = PyList_New(found.count);
        for (Py_ssize_t i = 0; result != NULL && i < found.count; i++) {
            PyList_SET_ITEM(result, i, Py_NewRef(found.arguments[i]));
        }
    }
    found_clear(&found);
    return result;
}

PyDoc_STRVAR(configure_doc,
"configure(ndarray, ndarray_method, registry, find_method, no_implementation)\n--\n\n"
"Hand over what is to be known of NumPy and of arrayproto.dispatch, before anything is called.");

static PyObject *
module_configure(PyObject *module, PyObject *args)
{
    State *state = (State *)PyModule_GetState(module);
    PyObject *ndarray, *method, *registry, *find_method, *no_implementation;
    if (!PyArg_ParseTuple(args, "O!OO!OO", &PyType_Type, &ndarray, &method, &PyDict_Type,
                          &registry, &find_method, &no_implementation)) {
        return NULL;
    }
    Py_XSETREF(state->ndarray, Py_NewRef(ndarray));
    Py_XSETREF(state->ndarray_method, Py_NewRef(method));
    Py_XSETREF(state->registry, Py_NewRef(registry));
    Py_XSETREF(state->find_method, Py_NewRef(find_method));
    Py_XSETREF(state->no_implementation, Py_NewRef(no_implementation));
    Py_RETURN_NONE;
}

PyDoc_STRVAR(forget_doc,
"forget()\n--\n\n"
"To be called after something was removed from a dict that an Adapter or a Direct was made with, or\n"
"was replaced there: each of them remembers what it was answered.");

static PyObject *
module_forget(PyObject *module, PyObject *Py_UNUSED(ignored))
{
    Remembering *one = ((State *)PyModule_GetState(module))->remembering;
    Py_XINCREF(one);
    while (one != NULL) {
        forget(one); /* what dies with it may call anything */
        Remembering *next = (Remembering *)Py_XNewRef((PyObject *)one->next);
        Py_DECREF(one);
        one = next;
    }
    Py_RETURN_NONE;
}

static PyMethodDef module_methods[] = {
    {"implementing", module_implementing, METH_VARARGS, implementing_doc},
    {"get_implementing_args", module_get_implementing_args, METH_O, get_implementing_args_doc},
    {"configure", module_configure, METH_VARARGS, configure_doc},
    {"forget", module_forget, METH_NOARGS, forget_doc},
    {NULL},
};

static void
add_type(PyObject *module, PyType_Spec *spec)
{
    PyObject *type = PyType_FromModuleAndSpec(module, spec, NULL);
    if (type != NULL) {
        PyModule_AddType(module, (PyTypeObject *)type);
        Py_DECREF(type);
    }
}

static PyType_Spec *specs[] = {&function_spec, &rebound_spec, &adapter_spec, &product_spec,
                               &ranked_spec, &direct_spec, NULL};

static int
module_exec(PyObject *module)
{
    State *state = (State *)PyModule_GetState(module);
    state->array_function = PyUnicode_InternFromString("__array_function__");
    state->registered = PyUnicode_InternFromString("_registered");
    state->class_ = PyUnicode_InternFromString("__class__");
    state->name = PyUnicode_InternFromString("__name__");
    PyModule_AddIntMacro(module, MAX_NAMES);
    for (PyType_Spec **spec = specs; *spec != NULL && !PyErr_Occurred(); spec++) {
        add_type(module, *spec);
    }
    return PyErr_Occurred() ? -1 : 0;
}

static int
module_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = (State *)PyModule_GetState(module);
    if (state != NULL) {
#define VISIT(field) Py_VISIT(state->field);
        STATE_FIELDS(VISIT)
#undef VISIT
    }
    return 0;
}

/* No m_clear: functions look at the state as long as they are there, and keep the module. Cycles
   through the state go through a dict, and are broken there. */
static void
module_free(void *module)
{
    State *state = (State *)PyModule_GetState((PyObject *)module);
    if (state != NULL) { /* it was never executed */
#define CLEAR(field) Py_CLEAR(state->field);
        STATE_FIELDS(CLEAR)
#undef CLEAR
    }
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, module_exec},
#if PY_VERSION_HEX >= 0x030C0000
    /* All state is the module's, and what is static is only read. (NumPy is for one interpreter.) */
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#if PY_VERSION_HEX >= 0x030D0000
    /* Items of lists and values of dicts are read by borrowed references, and _settle() changes
       what a call reads: setup.py builds nothing for a Python without a GIL, and where somebody
       does, Python turns its GIL on. */
    {Py_mod_gil, Py_MOD_GIL_USED},
#endif
    {0, NULL},
};

static PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "arrayproto._speed",
    .m_doc = "Hot paths of arrayproto in C; see arrayproto.accelerator.",
    .m_size = sizeof(State),
    .m_methods = module_methods,
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_free = module_free,
};

PyMODINIT_FUNC
PyInit__speed(void)
{
    return PyModuleDef_Init(&module_def);
}
