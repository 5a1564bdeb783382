/*
 * arrayproto._sites: what a creation function does while a context of arrayproto.using is open.
 *
 * Optional: arrayproto.creation.rebound and .callsite do the same in Python. A Sites object keeps, for the places in programs that it was called from last, what the calls go to. What may be
 * NumPy's all the same, while the library works on parts of its arrays, is an UnlessAtWork object.
 */
#include "frames.h" /* before Python.h */

#include "common.h"

#include <stdint.h>

/* Calls by their places ------------------------------------------------------------------------ */

#define PLACES 16

typedef struct {
    PyObject *creation;
    PyCodeObject *code;
    PyObject *made; /* what a call goes to */
    int instruction;
} Place;

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyObject *current;    /* the context variable */
    PyObject *names;      /* the namespace of arrayproto.creation.context ... */
    PyObject *everywhere; /* ... and the name there of what holds for all threads */
    PyObject *own;        /* NumPy's function */
    PyObject *find;       /* (creation, frame) to what a call goes to */
    Place places[PLACES];
} Sites;

/* Old references are dropped last: what they free may call us. */
static void
place_set(Place *place, PyObject *creation, PyCodeObject *code, int instruction, PyObject *made)
{
    Place old = *place;
    place->creation = Py_XNewRef(creation);
    place->code = (PyCodeObject *)Py_XNewRef((PyObject *)code);
    place->made = Py_XNewRef(made);
    place->instruction = instruction;
    Py_XDECREF(old.creation);
    Py_XDECREF((PyObject *)old.code);
    Py_XDECREF(old.made);
}

static void
places_clear(Sites *self)
{
    for (int i = 0; i < PLACES; i++) {
        place_set(&self->places[i], NULL, NULL, 0, NULL);
    }
}

/* The context that holds here, a new reference; None if there is none, NULL with an error. */
static PyObject *
creation_here(Sites *self)
{
    PyObject *creation;
    if (PyContextVar_Get(self->current, Py_None, &creation) < 0 || creation != Py_None) {
        return creation;
    }
    PyObject *everywhere = PyDict_GetItemWithError(self->names, self->everywhere);
    if (everywhere != NULL) {
        Py_SETREF(creation, Py_NewRef(everywhere));
    }
    else if (PyErr_Occurred()) {
        Py_CLEAR(creation);
    }
    return creation;
}

/* What a call from the running code goes to, a new reference, and from now on in its place. */
static Py_NO_INLINE PyObject *
found_for(Sites *self, Place *place, PyObject *creation, PyCodeObject *code, int instruction)
{
    PyObject *frame = (PyObject *)PyEval_GetFrame();
    if (frame == NULL) {
        return PyErr_NoMemory();
    }
    PyObject *made = PyObject_CallFunctionObjArgs(self->find, creation, frame, NULL);
    if (made != NULL) {
        place_set(place, creation, code, instruction, made);
    }
    return made;
}

/* The same, which was mostly found before. */
static inline PyObject *
made_for(Sites *self, PyObject *creation, PyCodeObject *code, int instruction)
{
    Place *place = &self->places[(((uintptr_t)code >> 5) + (instruction >> 1)) % PLACES];
    if (place->creation == creation && place->code == code && place->instruction == instruction) {
        return Py_NewRef(place->made);
    }
    return found_for(self, place, creation, code, instruction);
}

static PyObject *
sites_call(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    Sites *self = (Sites *)op;
    PyObject *creation = creation_here(self);
    if (creation == NULL) {
        return NULL;
    }
    int instruction;
    PyCodeObject *code = creation == Py_None ? NULL : running_code(&instruction);
    PyObject *made = code ? made_for(self, creation, code, instruction) : Py_NewRef(self->own);
    Py_DECREF(creation);
    if (made == NULL) {
        return NULL;
    }
    PyObject *result = PyObject_Vectorcall(made, args, nargsf, kwnames);
    Py_DECREF(made);
    return result;
}

static PyObject *
sites_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *current, *names, *everywhere, *own, *find;
    static char *keywords[] = {"current", "names", "everywhere", "own", "find", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!O!UOO", keywords, &PyContextVar_Type,
                                     &current, &PyDict_Type, &names, &everywhere, &own, &find)) {
        return NULL;
    }
    Sites *self = (Sites *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->vectorcall = sites_call;
        self->current = Py_NewRef(current);
        self->names = Py_NewRef(names);
        self->everywhere = Py_NewRef(everywhere);
        self->own = Py_NewRef(own);
        self->find = Py_NewRef(find);
    }
    return (PyObject *)self;
}

PyDoc_STRVAR(forget_doc, "forget()\n--\n\nForget all places, and what they refer to.");

static PyObject *
sites_forget(PyObject *op, PyObject *Py_UNUSED(ignored))
{
    places_clear((Sites *)op);
    Py_RETURN_NONE;
}

static int
sites_traverse(PyObject *op, visitproc visit, void *arg)
{
    Sites *self = (Sites *)op;
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(self->current);
    Py_VISIT(self->names);
    Py_VISIT(self->everywhere);
    Py_VISIT(self->own);
    Py_VISIT(self->find);
    for (int i = 0; i < PLACES; i++) {
        Py_VISIT(self->places[i].creation);
        Py_VISIT((PyObject *)self->places[i].code);
        Py_VISIT(self->places[i].made);
    }
    return 0;
}

/* What it was made of stays until it is freed, as of a tuple: something that dies with it may still
   call it. A cycle through that goes through something that can be changed, and is broken there. */
static int
sites_clear(PyObject *op)
{
    places_clear((Sites *)op);
    return 0;
}

static void
sites_dealloc(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    Sites *self = (Sites *)op;
    PyObject_GC_UnTrack(op);
    places_clear(self);
    Py_XDECREF(self->current);
    Py_XDECREF(self->names);
    Py_XDECREF(self->everywhere);
    Py_XDECREF(self->own);
    Py_XDECREF(self->find);
    type->tp_free(op);
    Py_DECREF(type);
}

static PyMemberDef sites_members[] = {
    OFFSET("__vectorcalloffset__", Sites, vectorcall),
    {NULL},
};

static PyMethodDef sites_methods[] = {
    {"forget", sites_forget, METH_NOARGS, forget_doc},
    {NULL},
};

static PyType_Slot sites_slots[] = {
    {Py_tp_new, sites_new},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_traverse, sites_traverse},
    {Py_tp_clear, sites_clear},
    {Py_tp_dealloc, sites_dealloc},
    {Py_tp_members, sites_members},
    {Py_tp_methods, sites_methods},
    {0, NULL},
};

static PyType_Spec sites_spec = {
    "arrayproto._sites.Sites", sizeof(Sites), 0, CALLABLE_FLAGS, sites_slots,
};

/* Calls that are NumPy's all the same, while the library is at work ------------------------------ */

/* What a frame says of who has called: nothing yet, a library that is at work, or the program. */
enum { FAILED = -1, ON, WITHIN, WITHOUT };

#define PAIRS 32

/* What is known of a module: it holds while the dict at that address has that version. */
typedef struct {
    PyObject *globals;
    uint64_t version;
    int kind; /* WITHIN if it is of the packages, WITHOUT of the program, ON of any other */
} Module;

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyObject *made;     /* what makes the library's arrays */
    PyObject *own;      /* NumPy's */
    PyObject *packages; /* an arrayproto.creation.callsite.Packages */
    PyObject *dunder_name;
    int publicly;       /* whether to walk by Python's public functions anyway */
    Module modules[PAIRS][2];
} UnlessAtWork;

/* The kind of a module, by its name; FAILED with an error. */
static int
kind_of(UnlessAtWork *self, PyObject *globals)
{
    PyObject *name = PyDict_GetItemWithError(globals, self->dunder_name);
    if (name == NULL) {
        if (PyErr_Occurred()) {
            return FAILED;
        }
        name = Py_None;
    }
    Py_INCREF(name);
    PyObject *found = PyObject_GetItem(self->packages, name);
    Py_DECREF(name);
    if (found == NULL) {
        return FAILED;
    }
    int kind = found == Py_True ? WITHIN : found == Py_None ? WITHOUT : ON;
    Py_DECREF(found);
    return kind;
}

/* The same, which was mostly asked before. No two dicts, nor one before and after a change, have the
   same version, so that nothing has to be kept alive for it. */
static inline int
kind_again(UnlessAtWork *self, PyObject *globals)
{
#if PY_VERSION_HEX < 0x030E0000 /* there dicts have no versions any more */
    uintptr_t address = (uintptr_t)globals >> 6;
    Module *two = self->modules[(address ^ address >> 5) % PAIRS];
    uint64_t version = ((PyDictObject *)globals)->ma_version_tag;
    for (int i = 0; i < 2; i++) {
        if (two[i].globals == globals && two[i].version == version) {
            return two[i].kind;
        }
    }
    int kind = kind_of(self, globals);
    if (kind != FAILED) {
        two[1] = two[0];
        two[0] = (Module){globals, version, kind};
    }
    return kind;
#else
    return kind_of(self, globals);
#endif
}

/* One step of arrayproto.creation.callsite.is_within. */
static inline Py_ALWAYS_INLINE int
look(void *self, PyObject *globals, PyCodeObject *code)
{
    int kind = kind_again(self, globals);
    if (kind == WITHOUT && PyUnicode_CompareWithASCIIString(code->co_name, "<module>") != 0) {
        return ON; /* the program is followed to where it began */
    }
    return kind;
}

static PyObject *
unless_call(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    UnlessAtWork *self = (UnlessAtWork *)op;
    int found = frames_look(look, self, self->publicly);
    if (found == FAILED) {
        return NULL;
    }
    return PyObject_Vectorcall(found == WITHIN ? self->own : self->made, args, nargsf, kwnames);
}

static PyObject *
unless_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *made, *own, *packages;
    int publicly = 0;
    static char *keywords[] = {"made", "own", "packages", "publicly", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOO!|p", keywords, &made, &own, &PyDict_Type,
                                     &packages, &publicly)) {
        return NULL;
    }
    UnlessAtWork *self = (UnlessAtWork *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->vectorcall = unless_call;
        self->made = Py_NewRef(made);
        self->own = Py_NewRef(own);
        self->packages = Py_NewRef(packages);
        self->publicly = publicly;
        self->dunder_name = PyUnicode_InternFromString("__name__");
        if (self->dunder_name == NULL) {
            Py_CLEAR(self);
        }
    }
    return (PyObject *)self;
}

/* It has no tp_clear, as a tuple has none: see sites_clear(). */
static int
unless_traverse(PyObject *op, visitproc visit, void *arg)
{
    UnlessAtWork *self = (UnlessAtWork *)op;
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(self->made);
    Py_VISIT(self->own);
    Py_VISIT(self->packages);
    return 0;
}

static void
unless_dealloc(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    UnlessAtWork *self = (UnlessAtWork *)op;
    PyObject_GC_UnTrack(op);
    Py_XDECREF(self->made);
    Py_XDECREF(self->own);
    Py_XDECREF(self->packages);
    Py_XDECREF(self->dunder_name);
    type->tp_free(op);
    Py_DECREF(type);
}

static PyMemberDef unless_members[] = {
    OFFSET("__vectorcalloffset__", UnlessAtWork, vectorcall),
    {NULL},
};

static PyType_Slot unless_slots[] = {
    {Py_tp_new, unless_new},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_traverse, unless_traverse},
    {Py_tp_dealloc, unless_dealloc},
    {Py_tp_members, unless_members},
    {0, NULL},
};

static PyType_Spec unless_spec = {
    "arrayproto._sites.UnlessAtWork", sizeof(UnlessAtWork), 0, CALLABLE_FLAGS, unless_slots,
};

/* The module ----------------------------------------------------------------------------------- */

static int
module_exec(PyObject *module)
{
    if (add_type(module, &sites_spec) < 0 || add_type(module, &unless_spec) < 0) {
        return -1;
    }
    return PyModule_AddIntConstant(module, "frames_are_known", frames_are_known());
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, module_exec},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED},
#endif
    {0, NULL},
};

static PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "arrayproto._sites",
    .m_doc = "Calls of creation functions in C; see arrayproto.creation.rebound.",
    .m_slots = module_slots,
};

PyMODINIT_FUNC
PyInit__sites(void)
{
    return PyModuleDef_Init(&module_def);
}
