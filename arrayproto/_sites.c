/*
 * What a creation function does while a context of arrayproto.using is open, in C.
 *
 * Optional, as _speed.c is: arrayproto.creation.rebound does the same in Python. A Sites object
 * keeps, for the places in programs that it was called from last, what the calls go to. What may be
 * NumPy's all the same, while the library works on parts of its arrays, is an UnlessAtWork object.
 */
#include "_frames.h" /* and Python.h */
#include <stddef.h>
#include <stdint.h>
#include <structmember.h>

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

/* What a call from the running code goes to, a new reference. */
static PyObject *
made_for(Sites *self, PyObject *creation, PyCodeObject *code, int instruction)
{
    Place *place = &self->places[(((uintptr_t)code >> 5) + (instruction >> 1)) % PLACES];
    if (place->creation == creation && place->code == code && place->instruction == instruction) {
        return Py_NewRef(place->made);
    }
    PyObject *frame = (PyObject *)PyEval_GetFrame();
    PyObject *made = PyObject_CallFunctionObjArgs(self->find, creation, frame, NULL);
    if (made != NULL) {
        place_set(place, creation, code, instruction, made);
    }
    return made;
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
    for (int i = 0; i < PLACES; i++) {
        place_set(&((Sites *)op)->places[i], NULL, NULL, 0, NULL);
    }
    Py_RETURN_NONE;
}

static int
sites_traverse(PyObject *op, visitproc visit, void *arg)
{
    Sites *self = (Sites *)op;
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(self->current);
    Py_VISIT(self->names);
    Py_VISIT(self->own);
    Py_VISIT(self->find);
    for (int i = 0; i < PLACES; i++) {
        Py_VISIT(self->places[i].creation);
        Py_VISIT((PyObject *)self->places[i].code);
        Py_VISIT(self->places[i].made);
    }
    return 0;
}

static int
sites_clear(PyObject *op)
{
    Sites *self = (Sites *)op;
    Py_XDECREF(sites_forget(op, NULL));
    Py_CLEAR(self->current);
    Py_CLEAR(self->names);
    Py_CLEAR(self->everywhere);
    Py_CLEAR(self->own);
    Py_CLEAR(self->find);
    return 0;
}

static void
sites_dealloc(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    PyObject_GC_UnTrack(op);
    sites_clear(op);
    type->tp_free(op);
    Py_DECREF(type);
}

static PyMemberDef sites_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Sites, vectorcall), READONLY, NULL},
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
    "arrayproto._sites.Sites", sizeof(Sites), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_IMMUTABLETYPE,
    sites_slots,
};

/* ---------------------------------------------------------------------------------------------- */

#define PAIRS 32

/* What is known of a module: it holds while the dict at that address has that version. */
typedef struct {
    PyObject *globals;
    uint64_t version;
    PyObject *kind;
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

/* Whether a module is one of the packages', None of the program's; borrowed from `packages`. */
static PyObject *
kind_of(UnlessAtWork *self, PyObject *globals)
{
    PyObject *name = PyDict_GetItemWithError(globals, self->dunder_name);
    if (name == NULL) {
        if (PyErr_Occurred()) {
            return NULL;
        }
        name = Py_None;
    }
    PyObject *kind = PyDict_GetItemWithError(self->packages, name);
    if (kind == NULL && !PyErr_Occurred()) {
        kind = PyObject_GetItem(self->packages, name); /* which keeps it */
        Py_XDECREF(kind);
    }
    return kind;
}

/* The same, which was mostly asked before. No two dicts, nor one before and after a change, have the
   same version, so that nothing has to be kept alive for it. */
static PyObject *
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
    PyObject *kind = kind_of(self, globals);
    if (kind != NULL) {
        two[1] = two[0];
        two[0] = (Module){globals, version, kind};
    }
    return kind;
#else
    return kind_of(self, globals);
#endif
}

enum { FAILED = -1, ON, WITHIN, WITHOUT };

/* One step of arrayproto.creation.callsite.is_within. */
static inline Py_ALWAYS_INLINE int
look(void *self, PyObject *globals, PyCodeObject *code)
{
    PyObject *kind = kind_again(self, globals);
    if (kind == Py_None) {
        int began = PyUnicode_CompareWithASCIIString(code->co_name, "<module>") == 0;
        return began ? WITHOUT : ON;
    }
    return kind == NULL ? FAILED : kind == Py_True ? WITHIN : ON;
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

static int
unless_clear(PyObject *op)
{
    UnlessAtWork *self = (UnlessAtWork *)op;
    Py_CLEAR(self->made);
    Py_CLEAR(self->own);
    Py_CLEAR(self->packages);
    Py_CLEAR(self->dunder_name);
    return 0;
}

static void
unless_dealloc(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    PyObject_GC_UnTrack(op);
    unless_clear(op);
    type->tp_free(op);
    Py_DECREF(type);
}

static PyMemberDef unless_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(UnlessAtWork, vectorcall), READONLY, NULL},
    {NULL},
};

static PyType_Slot unless_slots[] = {
    {Py_tp_new, unless_new},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_traverse, unless_traverse},
    {Py_tp_clear, unless_clear},
    {Py_tp_dealloc, unless_dealloc},
    {Py_tp_members, unless_members},
    {0, NULL},
};

static PyType_Spec unless_spec = {
    "arrayproto._sites.UnlessAtWork", sizeof(UnlessAtWork), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_IMMUTABLETYPE,
    unless_slots,
};

/* ---------------------------------------------------------------------------------------------- */

static int
add_type(PyObject *module, PyType_Spec *spec)
{
    PyObject *type = PyType_FromModuleAndSpec(module, spec, NULL);
    if (type == NULL) {
        return -1;
    }
    int added = PyModule_AddType(module, (PyTypeObject *)type);
    Py_DECREF(type);
    return added;
}

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
