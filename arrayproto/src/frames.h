/*
 * The running frames of this thread, innermost first.
 *
 * Python's public functions make an object of every frame that they are asked about. Where the
 * layout of the interpreter's own frames is known (FRAMES_ARE_KNOWN), these are read instead: on
 * CPython 3.11 to 3.13 and with the compilers that it was tried with, and only if the Python that
 * runs is the very release whose headers were compiled. Elsewhere the public functions serve.
 *
 * To be included before Python.h, of which it asks for more.
 */
#ifndef ARRAYPROTO_FRAMES_H
#define ARRAYPROTO_FRAMES_H

#include <patchlevel.h>

#if 0x030B0000 <= PY_VERSION_HEX && PY_VERSION_HEX < 0x030E0000 && defined(__GNUC__) \
    && defined(__has_include) /* GCC and Clang */
#if __has_include(<internal/pycore_frame.h>)
#define Py_BUILD_CORE_MODULE 1
#endif
#endif

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#if defined(Py_BUILD_CORE_MODULE) && !defined(PYPY_VERSION) && !defined(GRAALVM_PYTHON) \
    && !defined(Py_GIL_DISABLED) && !defined(Py_DEBUG) && !defined(Py_TRACE_REFS)
#define FRAMES_ARE_KNOWN 1
#include <internal/pycore_frame.h>
#else
#define FRAMES_ARE_KNOWN 0
#endif

/* Looks at frames of one module in a row: their globals, and the code of the outermost, both
   borrowed. 0 to be shown those further out. */
typedef int (*Look)(void *state, PyObject *globals, PyCodeObject *code);

#if FRAMES_ARE_KNOWN

#if PY_VERSION_HEX < 0x030C0000
#define IS_OF_C(frame) 0
#else
/* Where C has called Python: no frame, though a link of the chain. */
#define IS_OF_C(frame) ((frame)->owner == FRAME_OWNED_BY_CSTACK)
#endif

/* The first that has begun: what is still being prepared is no frame to the public functions. */
static inline _PyInterpreterFrame *
frame_here(void)
{
#if PY_VERSION_HEX < 0x030D0000
    _PyInterpreterFrame *frame = PyThreadState_Get()->cframe->current_frame;
#else
    _PyInterpreterFrame *frame = PyThreadState_Get()->current_frame;
#endif
    while (frame != NULL && _PyFrame_IsIncomplete(frame)) {
        frame = frame->previous;
    }
    return frame;
}

static inline PyCodeObject *
frame_code(_PyInterpreterFrame *frame)
{
#if PY_VERSION_HEX < 0x030D0000
    return frame->f_code;
#else
    return _PyFrame_GetCode(frame);
#endif
}

/* Frames that wait for what they called stay where they are, whatever `look` does. */
static inline Py_ALWAYS_INLINE int
known_frames_look(Look look, void *state)
{
    int found = 0;
    _PyInterpreterFrame *frame = frame_here();
    while (frame != NULL && found == 0) {
        PyObject *globals = frame->f_globals;
        _PyInterpreterFrame *outermost = frame;
        while ((frame = frame->previous) != NULL) {
            if (IS_OF_C(frame)) {
                continue;
            }
            if (frame->f_globals == globals) {
                outermost = frame;
            }
            else if (!_PyFrame_IsIncomplete(frame)) {
                break;
            }
        }
        found = look(state, globals, frame_code(outermost));
    }
    return found;
}

#endif

/* The same by Python's public functions. */
static inline int
public_frames_look(Look look, void *state)
{
    int found = 0;
    PyObject *globals = NULL;   /* both are kept by the frame, which is running */
    PyCodeObject *code = NULL;
    PyFrameObject *frame = (PyFrameObject *)Py_XNewRef((PyObject *)PyEval_GetFrame());
    while (frame != NULL && found == 0) {
        PyObject *now = PyFrame_GetGlobals(frame);
        Py_DECREF(now);
        if (now != globals && globals != NULL) {
            found = look(state, globals, code);
        }
        globals = now;
        code = PyFrame_GetCode(frame);
        Py_DECREF(code);
        Py_SETREF(frame, PyFrame_GetBack(frame));
    }
    Py_XDECREF(frame);
    return found == 0 && globals != NULL ? look(state, globals, code) : found;
}

/* Whether frames may be read as the headers say. */
static inline int
frames_are_known(void)
{
    return FRAMES_ARE_KNOWN && Py_Version == PY_VERSION_HEX;
}

/* Shows the frames to `look` until it returns something else than 0, which is returned. */
static inline Py_ALWAYS_INLINE int
frames_look(Look look, void *state, int publicly)
{
#if FRAMES_ARE_KNOWN
    if (!publicly && frames_are_known()) {
        return known_frames_look(look, state);
    }
#endif
    return public_frames_look(look, state);
}

/* The code that is running, borrowed from its frame, and at which instruction; or NULL. */
static inline PyCodeObject *
running_code(int *instruction)
{
#if FRAMES_ARE_KNOWN
    if (frames_are_known()) {
        _PyInterpreterFrame *frame = frame_here();
        if (frame == NULL) {
            return NULL;
        }
        *instruction = _PyInterpreterFrame_LASTI(frame) * (int)sizeof(_Py_CODEUNIT);
        return frame_code(frame);
    }
#endif
    PyFrameObject *frame = PyEval_GetFrame();
    if (frame == NULL) {
        return NULL;
    }
    PyCodeObject *code = PyFrame_GetCode(frame);
    Py_DECREF(code);
    *instruction = PyFrame_GetLasti(frame);
    return code;
}

#endif
