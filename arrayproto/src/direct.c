/* Functions of the explicit namespace, arrayproto.numpy. */
#include "compound.h"
#include "implementing.h"

enum {
    WRAPPER, /* Python's, for every call that is not answered here */
    TARGETS, /* dict: the one type of the required relevant arguments to what is called */
    BY_NAME, /* dict: the same for calls with keywords */
    NAMES,   /* tuple of the parameters, interned; as many as there are */
    DIRECT_PARTS
};

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
        PyObject *key = Py_NewRef(type); /* its metaclass may change the list that it is from */
        PyObject *target = kwnames == NULL
                               ? look_up(&self->last, self->parts[TARGETS], key)
                               : Py_XNewRef(PyDict_GetItemWithError(self->parts[BY_NAME], key));
        Py_DECREF(key);
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
    PyObject *p[DIRECT_PARTS], *depths, *counts;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO!O!O!SS", keywords, &p[WRAPPER],
                                     &PyDict_Type, &p[TARGETS], &PyDict_Type, &p[BY_NAME],
                                     &PyTuple_Type, &p[NAMES], &depths, &counts)) {
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
    Direct *self = (Direct *)compound_alloc(type, call, p, DIRECT_PARTS);
    if (self != NULL) {
        remembering_begin(&self->remembering, &self->remembering.compound.last, 1);
        self->required = count[0];
        self->positional = count[1];
        memcpy(self->depths, depth, (size_t)given);
    }
    return (PyObject *)self;
}

static PyType_Slot direct_slots[] = {
    {Py_tp_new, direct_new}, {Py_tp_doc, (void *)direct_doc}, REMEMBERING_SLOTS, {0, NULL},
};
PyType_Spec direct_spec = {
    "arrayproto._speed.Direct", sizeof(Direct), 0, FLAGS, direct_slots,
};
