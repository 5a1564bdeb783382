/* A library's own product of arrays, where an ndarray behind each tells that it is right. */
#include "compound.h"

#define NPY_NO_DEPRECATED_API NPY_2_0_API_VERSION
#define NO_IMPORT_ARRAY /* only fields of an ndarray are read, and no function called */
#include <numpy/arrayobject.h>

/* Whether `count` numbers at `data` are finite. What is not has an exponent of all ones: one more is
   carried into the bit of the sign. Without a jump, so that compilers look at several at once. */
#define RETURN_ARE_FINITE(uint, exponent, one, sign) \
    do { \
        uint carried = 0; \
        for (npy_intp i = 0; i < count; i++) { \
            uint bits; \
            memcpy(&bits, data + i * sizeof(bits), sizeof(bits)); \
            carried |= (bits & exponent) + one; \
        } \
        return !(carried & sign); \
    } while (0)

/* Whether all values are finite; 0 also where only NumPy can tell. */
static HOT Py_NO_INLINE int
are_finite(PyArrayObject *values, npy_intp count)
{
    const char *data = PyArray_BYTES(values);
    switch (PyArray_TYPE(values)) {
    case NPY_COMPLEX128:
        count *= 2; /* fall through */
    case NPY_FLOAT64:
        RETURN_ARE_FINITE(npy_uint64, 0x7FF0000000000000u, 0x10000000000000u, (npy_uint64)1 << 63);
    case NPY_COMPLEX64:
        count *= 2; /* fall through */
    case NPY_FLOAT32:
        RETURN_ARE_FINITE(npy_uint32, 0x7F800000u, 0x800000u, (npy_uint32)1 << 31);
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
    PRODUCT_PARTS
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

/* Where the ndarray must be finite; 0 with an error or without one. */
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

/* Where it must be inexact, and have so many axes; 0 with an error or without one. */
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

/* The long way, unless to look at an operand has raised. */
static Py_NO_INLINE PyObject *
other_product(Compound *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    if (PyErr_Occurred()) {
        return NULL;
    }
    return PyObject_Vectorcall(self->parts[OTHERWISE], args, nargsf, kwnames);
}

/* The own product is not an array of the library's, or NULL with an error. */
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

/* The library's own product, of operands for which it is right. */
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

/* Whether a call is of two arrays and maybe axes. */
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
    PyObject *p[PRODUCT_PARTS];
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO!UOO!O", keywords, &p[OWN], &PyType_Type,
                                     &p[CLASS], &p[ATTRIBUTE], &p[RANK], &PyType_Type, &p[SCALAR],
                                     &p[OTHERWISE])) {
        return NULL;
    }
    vectorcallfunc call = p[RANK] == Py_None ? product_of_finite : product_by_rank;
    PyObject *self = compound_alloc(type, call, p, PRODUCT_PARTS);
    if (self != NULL) {
        ((Compound *)self)->last.call = what_calls(p[OWN]);
    }
    return self;
}

static PyType_Slot product_slots[] = {
    {Py_tp_new, product_new}, {Py_tp_doc, (void *)product_doc}, COMPOUND_SLOTS, {0, NULL},
};
PyType_Spec product_spec = {
    "arrayproto._speed.Product", sizeof(Compound), 0, FLAGS, product_slots,
};
