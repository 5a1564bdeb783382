/* The module arrayproto._speed; speed.h says what is where. */
#include "compound.h"
#include "implementing.h"

/* Not 0, or an error: configure() has been called. */
int
is_configured(State *state)
{
    if (state->ndarray == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "configure() has not been called");
    }
    return state->ndarray != NULL;
}

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
    if (found_collect(&found, state, relevant, find) == 0) {
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
    if (found_collect(&found, state, relevant, Py_None) == 0) {
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
        remembering_forget(one); /* what dies with it may call anything */
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

static PyType_Spec *specs[] = {&function_spec, &rebound_spec, &adapter_spec,
                               &product_spec,  &ranked_spec,  &direct_spec};

static int
module_exec(PyObject *module)
{
    State *state = (State *)PyModule_GetState(module);
    state->module = module;
    state->array_function = PyUnicode_InternFromString("__array_function__");
    state->registered = PyUnicode_InternFromString("_registered");
    state->class_ = PyUnicode_InternFromString("__class__");
    state->qualname = PyUnicode_InternFromString("__qualname__");
    state->name = PyUnicode_InternFromString("__name__");
    if (state->array_function == NULL || state->registered == NULL || state->class_ == NULL ||
        state->qualname == NULL || state->name == NULL) {
        return -1;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(specs); i++) {
        if (add_type(module, specs[i]) < 0) {
            return -1;
        }
    }
    return PyModule_AddIntMacro(module, MAX_NAMES);
}

/* The references of a state. */
#define STATE_FIELDS(DO) \
    DO(ndarray) DO(ndarray_method) DO(registry) DO(find_method) DO(no_implementation) \
    DO(array_function) DO(registered) DO(class_) DO(qualname) DO(name)

static int
module_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = (State *)PyModule_GetState(module);
    if (state != NULL) { /* it was executed */
#define VISIT(field) Py_VISIT(state->field);
        STATE_FIELDS(VISIT)
#undef VISIT
    }
    return 0;
}

/* No m_clear: what is called looks at the state as long as it is there, and holds the module. Cycles
   through the state go through a dict, and are broken there. */
static void
module_free(void *module)
{
    State *state = (State *)PyModule_GetState((PyObject *)module);
    if (state != NULL) {
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
