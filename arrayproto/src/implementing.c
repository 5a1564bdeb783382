/* Which types override, and the implementing arguments of a call in NEP-18's order. */
#include "implementing.h"

/* The method of a class as somebody's function finds it; NULL without an error if there is none. */
static PyObject *
method_found(PyObject *find, PyTypeObject *type)
{
    PyObject *method = PyObject_CallOneArg(find, (PyObject *)type);
    if (method == Py_None) {
        Py_CLEAR(method);
    }
    return method;
}

/* The method of a class as find_method() finds it; NULL without an error if there is none. */
PyObject *
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
    return method_found(state->find_method, type);
}

/* Whether an item of a list or a tuple overrides, as type_overrides() says it. */
int
items_override(State *state, PyObject *items)
{
    PyTypeObject *last = NULL; /* held: the items may go while its method is looked up */
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

/* Lets go of all that was found. */
void
found_clear(Found *found)
{
    for (Py_ssize_t i = 0; i < found->count; i++) {
        Py_DECREF(found->arguments[i]);
        Py_DECREF(found->methods[i]);
    }
}

static inline int
has_type(const Found *found, PyTypeObject *type)
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
        if (has_type(found, (PyTypeObject *)PyTuple_GET_ITEM(bases, i))) {
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

/* Finds the implementing ones of the relevant arguments: 0, or -1 with an error; what is in `found`
   is to be cleared in either case. `find` is None for the methods that method_of() finds. */
int
found_collect(Found *found, State *state, PyObject *relevant, PyObject *find)
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
        if (is_basic(type) || has_type(found, type)) {
            continue;
        }
        Py_INCREF(argument);
        Py_INCREF(type);
        Py_XDECREF(last);
        last = type;
        int ours = find == Py_None || (PyObject *)type == state->ndarray;
        PyObject *method = ours ? method_of(state, type) : method_found(find, type);
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
