/*
 * arrayproto._buffers: the buffers of array classes, while somebody watches where their arrays go.
 *
 * Optional: arrayproto.tools.buffers says what for. C code reads an array's memory through one slot
 * of its type, and asks nobody. `put` puts one function into that slot, which asks the observer, and
 * `put_back` restores the slot. The slots are the process's, so there is one observer.
 */
#include "common.h"

typedef struct Slot {
    struct Slot *next;
    PyTypeObject *type;   /* which keeps what `procs` points to */
    PyBufferProcs *procs; /* static types may share one */
    getbufferproc own;    /* what was there */
} Slot;

/* Changed with the GIL. */
static Slot *slots = NULL;
static PyObject *observer = NULL;

/* What asks, in the place of a type's own --------------------------------------------------------- */

/* What the observer is given to call: takes the buffer, once, while the call that wants it lasts. */
typedef struct {
    PyObject_HEAD
    PyObject *exporter; /* borrowed: there while its buffer is asked for, as `view` is */
    Py_buffer *view;    /* NULL when it is too late, or done */
    getbufferproc own;
    int flags;
    int taken;
} Take;

static PyObject *
take_call(PyObject *op, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {NULL};
    Take *self = (Take *)op;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "", keywords)) {
        return NULL;
    }
    Py_buffer *view = self->view;
    if (view == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "a buffer is taken once, while it is asked for");
        return NULL;
    }
    self->view = NULL;
    if (self->own(self->exporter, view, self->flags) < 0) {
        return NULL;
    }
    self->taken = 1;
    return PyLong_FromSsize_t(view->len);
}

static void
take_dealloc(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    type->tp_free(op);
    Py_DECREF(type);
}

static PyType_Slot take_slots[] = {
    {Py_tp_call, take_call},
    {Py_tp_dealloc, take_dealloc},
    {0, NULL},
};

static PyType_Spec take_spec = {
    "arrayproto._buffers.Take", sizeof(Take), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE, take_slots,
};

static PyTypeObject *take_type = NULL;

static getbufferproc own_of(PyTypeObject *type);

/* As a getbufferproc: 0, or -1 with an error. The observer may take the buffer, and if it has not,
   it is taken when the observer has returned. */
static int
ask_observer(PyObject *exporter, Py_buffer *view, int flags, getbufferproc own)
{
    Take *take = (Take *)take_type->tp_alloc(take_type, 0);
    if (take == NULL) {
        return -1;
    }
    take->exporter = exporter;
    take->view = view;
    take->own = own;
    take->flags = flags;
    PyObject *asked = Py_NewRef(observer); /* which may be another before it returns */
    PyObject *result = PyObject_CallFunction(asked, "OiO", exporter, flags, take);
    Py_DECREF(asked);
    int taken = take->taken;
    take->view = NULL; /* somebody may keep it longer */
    Py_DECREF(take);
    if (result == NULL) {
        if (taken) {
            PyObject *error = raised_exception();
            PyBuffer_Release(view);
            raise_exception(error);
        }
        return -1;
    }
    Py_DECREF(result);
    return taken ? 0 : own(exporter, view, flags);
}

/* Is in the slots of types that are watched. */
static int
ask(PyObject *exporter, Py_buffer *view, int flags)
{
    int done = -1;
    getbufferproc own = own_of(Py_TYPE(exporter));
    if (own == NULL) {
        PyErr_Format(PyExc_BufferError, "%s has lost its buffer", Py_TYPE(exporter)->tp_name);
    }
    else if (observer == NULL || view == NULL) {
        return own(exporter, view, flags);
    }
    else {
        /* PyTorch asks again before it has cleared the error of the first time. */
        PyObject *error = raised_exception();
        done = ask_observer(exporter, view, flags, own);
        if (done == 0) {
            raise_exception(error);
        }
        else {
            Py_XDECREF(error);
        }
    }
    if (done < 0 && view != NULL) {
        view->obj = NULL; /* as the protocol has it */
    }
    return done;
}

/* What was put into the slot of a type itself; NULL if nothing was. */
static Slot *
slot_of(PyTypeObject *type)
{
    Slot *slot = slots;
    while (slot != NULL && slot->procs != type->tp_as_buffer) {
        slot = slot->next;
    }
    return slot;
}

/* Whether its slot is ours, put there or inherited. */
static int
is_put(PyTypeObject *type)
{
    return type->tp_as_buffer != NULL && type->tp_as_buffer->bf_getbuffer == ask;
}

/* What a type has, or would without us: a class that was derived meanwhile has inherited ours. */
static getbufferproc
own_of(PyTypeObject *type)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(type->tp_mro); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(type->tp_mro, i);
        Slot *slot = is_put(base) ? slot_of(base) : NULL;
        if (slot != NULL) {
            return slot->own;
        }
        if (!is_put(base) && base->tp_as_buffer != NULL && base->tp_as_buffer->bf_getbuffer) {
            return base->tp_as_buffer->bf_getbuffer;
        }
    }
    return NULL;
}

/* The module ----------------------------------------------------------------------------------- */

static int
is_type(PyObject *cls)
{
    if (!PyType_Check(cls)) {
        PyErr_Format(PyExc_TypeError, "a class is needed, not %.200s", Py_TYPE(cls)->tp_name);
        return 0;
    }
    return 1;
}

PyDoc_STRVAR(slot_doc, "slot(cls)\n--\n\nThe address of what gives buffers of a class; 0 if none does.");

static PyObject *
slot_address(PyObject *Py_UNUSED(module), PyObject *cls)
{
    if (!is_type(cls)) {
        return NULL;
    }
    PyBufferProcs *procs = ((PyTypeObject *)cls)->tp_as_buffer;
    return PyLong_FromVoidPtr(procs == NULL ? NULL : (void *)procs->bf_getbuffer);
}

PyDoc_STRVAR(put_doc, "put(cls)\n--\n\n"
"Have the observer asked for buffers of a class. False if it is already, or there are none.");

static PyObject *
put(PyObject *Py_UNUSED(module), PyObject *cls)
{
    if (!is_type(cls)) {
        return NULL;
    }
    PyTypeObject *type = (PyTypeObject *)cls;
    PyBufferProcs *procs = type->tp_as_buffer;
    /* What somebody else has put over ours stays, or it might call ours, and ours call it. */
    if (procs == NULL || procs->bf_getbuffer == NULL || is_put(type) || slot_of(type) != NULL) {
        Py_RETURN_FALSE;
    }
    Slot *slot = PyMem_Malloc(sizeof(Slot));
    if (slot == NULL) {
        return PyErr_NoMemory();
    }
    slot->type = (PyTypeObject *)Py_NewRef(cls);
    slot->procs = procs;
    slot->own = procs->bf_getbuffer;
    slot->next = slots;
    slots = slot;
    procs->bf_getbuffer = ask;
    Py_RETURN_TRUE;
}

PyDoc_STRVAR(put_back_doc, "put_back(cls)\n--\n\n"
"Undo `put`, for a class that has inherited it too. False if somebody else has replaced ours.");

static PyObject *
put_back(PyObject *Py_UNUSED(module), PyObject *cls)
{
    if (!is_type(cls)) {
        return NULL;
    }
    PyTypeObject *type = (PyTypeObject *)cls;
    Slot *slot = slot_of(type);
    if (!is_put(type)) {
        return PyBool_FromLong(slot == NULL);
    }
    type->tp_as_buffer->bf_getbuffer = own_of(type);
    if (slot != NULL) {
        Slot **link = &slots;
        while (*link != slot) {
            link = &(*link)->next;
        }
        *link = slot->next;
        Py_DECREF(slot->type);
        PyMem_Free(slot);
    }
    Py_RETURN_TRUE;
}

PyDoc_STRVAR(observe_doc, "observe(observer)\n--\n\n"
"Call ``observer(array, flags, take)`` for each buffer; None for nobody.\n\n"
"`take()` takes it, and returns its length; what the observer raises, refuses it.");

static PyObject *
observe(PyObject *Py_UNUSED(module), PyObject *asked)
{
    Py_XSETREF(observer, asked == Py_None ? NULL : Py_NewRef(asked));
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"slot", slot_address, METH_O, slot_doc},
    {"put", put, METH_O, put_doc},
    {"put_back", put_back, METH_O, put_back_doc},
    {"observe", observe, METH_O, observe_doc},
    {NULL},
};

static PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "arrayproto._buffers",
    .m_doc = "Who reads the memory of arrays; see arrayproto.tools.buffers.",
    .m_size = -1, /* one for the process, whose types it changes */
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__buffers(void)
{
    if (take_type == NULL) {
        take_type = (PyTypeObject *)PyType_FromSpec(&take_spec);
    }
    return take_type == NULL ? NULL : PyModule_Create(&module_def);
}
