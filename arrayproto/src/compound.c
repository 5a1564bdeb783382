/* Callables of several parts, and those of them that remember what their dicts answered. */
#include "compound.h"

/* An object with so many parts; those that are left out are NULL. */
PyObject *
compound_alloc(PyTypeObject *type, vectorcallfunc vectorcall, PyObject *const *parts, int count)
{
    Compound *self = (Compound *)callable_alloc(type, vectorcall);
    if (self != NULL) {
        self->ndarray = Py_NewRef(self->state->ndarray);
        for (int i = 0; i < count; i++) {
            self->parts[i] = Py_XNewRef(parts[i]);
        }
    }
    return (PyObject *)self;
}

int
compound_traverse(PyObject *op, visitproc visit, void *arg)
{
    Compound *self = (Compound *)op;
    Py_VISIT(self->dict);
    Py_VISIT(self->ndarray);
    for (int i = 0; i < MAX_PARTS; i++) {
        Py_VISIT(self->parts[i]);
    }
    return callable_traverse(op, visit, arg);
}

/* The parts stay, as those of a tuple do: see function_clear(). */
int
compound_clear(PyObject *op)
{
    Py_CLEAR(((Compound *)op)->dict);
    return 0;
}

void
compound_dealloc(PyObject *op)
{
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
    callable_free(op);
}

PyMemberDef compound_members[] = {
    CALLABLE_MEMBERS(Compound),
    {NULL},
};

/* Has an object remember in these memos. To be called as soon as it has been made: what it is freed
   with is the list. */
void
remembering_begin(Remembering *self, Memo *memory, int size)
{
    self->memory = memory;
    self->size = size;
    self->here = &state_of((PyObject *)self)->remembering;
    self->next = *self->here;
    *self->here = self;
    if (self->next != NULL) {
        self->next->here = &self->next;
    }
}

/* Has it forget. What dies with that may call it, and finds each memo whole or empty. */
void
remembering_forget(Remembering *self)
{
    for (int i = 0; i < self->size; i++) {
        Memo memo = self->memory[i];
        self->memory[i].key = self->memory[i].found = NULL;
        Py_XDECREF(memo.key);
        Py_XDECREF(memo.found);
    }
}

int
remembering_traverse(PyObject *op, visitproc visit, void *arg)
{
    Remembering *self = (Remembering *)op;
    for (int i = 0; i < self->size; i++) {
        Py_VISIT(self->memory[i].key);
        Py_VISIT(self->memory[i].found);
    }
    return compound_traverse(op, visit, arg);
}

int
remembering_clear(PyObject *op)
{
    remembering_forget((Remembering *)op);
    return compound_clear(op);
}

void
remembering_dealloc(PyObject *op)
{
    Remembering *self = (Remembering *)op;
    PyObject_GC_UnTrack(op);
    *self->here = self->next; /* first of all: forget() may be called from what follows */
    if (self->next != NULL) {
        self->next->here = self->here;
    }
    if (self->compound.weakrefs != NULL) {
        PyObject_ClearWeakRefs(op);
    }
    remembering_forget(self);
    compound_dealloc(op);
}

/* What calls an object. What is Python's or ours is called without asking its type how: nobody
   changes that of a function that is called already. */
vectorcallfunc
what_calls(PyObject *callable)
{
    if (PyFunction_Check(callable)) {
        return ((PyFunctionObject *)callable)->vectorcall;
    }
    if (Py_TYPE(callable)->tp_dealloc == compound_dealloc) { /* a Product, a Ranked */
        return ((Compound *)callable)->vectorcall;
    }
    return PyObject_Vectorcall;
}

/* What a dict has for a key, a new reference, and from now on in a memo; NULL with an error or
   without one. */
PyObject *
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
