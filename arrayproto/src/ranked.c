/* A product over one axis, chosen by the numbers of axes of both arrays. */
#include "compound.h"

enum {
    BY_RANKS,         /* tuple of tuples: by the numbers of axes of both arrays, what sums over one
                         axis and refuses lengths that differ; or None */
    RANKED_CLASS,     /* of both arrays */
    RANK_OF,          /* array to its number of axes */
    RANKED_REFUSED,   /* tuple: what is raised where NumPy has an answer of its own */
    RANKED_OTHERWISE, /* is called for all else */
    RANKED_PARTS
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
    int overflow = 0;
    long rank = PyLong_Check(found) ? PyLong_AsLongAndOverflow(found, &overflow) : -1;
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
    PyObject *p[RANKED_PARTS];
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
    return compound_alloc(type, ranked_call, p, RANKED_PARTS);
}

static PyType_Slot ranked_slots[] = {
    {Py_tp_new, ranked_new}, {Py_tp_doc, (void *)ranked_doc}, COMPOUND_SLOTS, {0, NULL},
};
PyType_Spec ranked_spec = {
    "arrayproto._speed.Ranked", sizeof(Compound), 0, FLAGS, ranked_slots,
};
