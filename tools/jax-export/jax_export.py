"""Writes a JAX function as StableHLO text, with its inputs and the results of XLA as .npy files.

    python jax_export.py FILE.py[:FUNCTION] [-o DIRECTORY]

or, from Python, `export(function, arguments, directory)`. See README.md.
"""

import argparse
import importlib.util
import inspect
import json
import os
import pathlib
import re
import sys


class ExportError(Exception):
    """What cannot be exported, why, and what to do about it."""


def load_jax(*, x64=False):
    """The modules jax and numpy. On the CPU, unless JAX_PLATFORMS says otherwise."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    try:
        import jax
        import numpy
    except ImportError as error:
        raise ExportError(
            f"this Python ({sys.executable}) has no jax ({error}); "
            "install it with `python -m pip install jax`, or start the Python that has it"
        ) from error
    if x64:
        jax.config.update("jax_enable_x64", True)
    return jax, numpy


def export(function, arguments, directory, *, name=None, tolerance=None, expected=True, platform=None):
    """Writes DIRECTORY/NAME.mlir, NAME.json, inputs/*.npy and expected/*.npy.

    Arguments are arrays, numbers, keys of jax.random, or trees of them (dicts, lists, dataclasses known to JAX); each
    leaf becomes an argument of the program, in JAX's order. Arrays that the function closes over become constants.
    `tolerance` ({"relative": .., "absolute": ..}) is copied into NAME.json for those who compare; None means exact.
    With `expected=False` the function is not run. `platform` ("cpu", "tpu", ..) is the one that JAX writes the program for;
    the function still runs where it can. Returns what it wrote into NAME.json.
    """
    jax, numpy = load_jax()
    name = name or function_name(function)
    leaves = argument_leaves(function, arguments)
    try:
        # Arguments that the function ignores stay: the files and the signature have one order.
        traced = jax.jit(function, keep_unused=True).trace(*arguments)
        lowered = traced.lower(lowering_platforms=(platform,) if platform else None)
        text = lowered.as_text(dialect="stablehlo")
    except Exception as error:
        raise ExportError(f"{function_name(function)}: JAX cannot trace this function on these arguments: {first_line(error)}") from error
    if not isinstance(text, str) or "dense_resource" in text:
        raise ExportError(f"{name}: this JAX ({jax.__version__}) leaves constants out of the text")

    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    write_text(directory / f"{name}.mlir", text if text.endswith("\n") else text + "\n")
    manifest = {
        "program": f"{name}.mlir",
        "jax": jax.__version__,
        "arguments": write_arrays(directory / "inputs", leaves),
    }
    if expected:
        results = jax.jit(function, keep_unused=True)(*arguments)
        manifest["results"] = write_arrays(directory / "expected", tree_leaves("", results) or [])
        manifest["tolerance"] = tolerance or {"relative": 0, "absolute": 0}
    write_text(directory / f"{name}.json", json_text(manifest))
    return manifest


def argument_leaves(function, arguments):
    """Pairs of a name and an array, in the order of the program's arguments."""
    try:
        bound = inspect.signature(function).bind(*arguments).arguments
    except TypeError as error:
        raise ExportError(f"{function_name(function)}: the arguments do not fit its parameters: {error}") from error
    return [leaf for name, value in bound.items() for leaf in tree_leaves(name, value)]


def tree_leaves(name, tree):
    """Pairs of a path, its parts with dots between, and an array."""
    jax, numpy = load_jax()
    leaves = []
    for path, value in jax.tree_util.tree_flatten_with_path(tree)[0]:
        parts = [part for part in (name, jax.tree_util.keystr(path, simple=True, separator=".")) if part]
        leaf = ".".join(parts) or "result"
        if hasattr(value, "dtype") and jax.dtypes.issubdtype(value.dtype, jax.dtypes.prng_key):
            value = jax.random.key_data(value)
        try:
            array = numpy.asarray(jax.numpy.asarray(value))
        except TypeError as error:
            raise ExportError(
                f"{leaf}: {type(value).__name__} is no array; bind what is no array first, with functools.partial"
            ) from error
        if array.dtype.kind not in "biufc":
            raise ExportError(
                f"{leaf}: a .npy file cannot hold {array.dtype}; pass float32 and convert it inside of the function"
            )
        leaves.append((leaf, array))
    return leaves


def write_arrays(directory, leaves):
    """Writes NN-NAME.npy for each pair of a name and an array, and nothing else stays there; says what it wrote."""
    _, numpy = load_jax()
    if directory.exists():
        for old in directory.glob("[0-9]*-*.npy"):
            old.unlink()
    directory.mkdir(exist_ok=True)
    digits = len(str(max(len(leaves) - 1, 10)))
    written = []
    for index, (name, array) in enumerate(leaves):
        file = f"{index:0{digits}}-{re.sub(r'[^A-Za-z0-9_.]+', '_', name)}.npy"
        # In the bytes' own order: .npy of the program has one layout.
        numpy.save(directory / file, numpy.ascontiguousarray(array).reshape(array.shape))
        written.append({"name": name, "type": mlir_type(array), "file": f"{directory.name}/{file}"})
    return written


def mlir_type(array):
    """The tensor type of an array, as StableHLO writes it."""
    bits = array.dtype.itemsize * 8
    element = {
        "b": "i1",
        "i": f"i{bits}",
        "u": f"ui{bits}",
        "f": f"f{bits}",
        "c": f"complex<f{bits // 2}>",
    }[array.dtype.kind]
    return f"tensor<{''.join(f'{size}x' for size in array.shape)}{element}>"


def json_text(value):
    """JSON as JavaScript's tools format it: 1e-5, not 1e-05."""
    return re.sub(r"(\d)e([-+])0+(\d)", r"\1e\2\3", json.dumps(value, indent=2)) + "\n"


def function_name(function):
    return getattr(function, "__name__", "main").strip("<>")


def first_line(error):
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


def write_text(path, text):
    path.write_text(text, encoding="utf-8", newline="\n")


def load_file(path):
    """The Python file as a module."""
    if not path.is_file():
        raise ExportError(f"{path}: no such file")
    spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
    if spec is None or spec.loader is None:
        raise ExportError(f"{path}: no Python file; it should end in .py")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ExportError(f"{path}: {type(error).__name__}: {first_line(error)}") from error
    return module


def find(module, path, name):
    value = getattr(module, name, None)
    if not callable(value):
        known = [key for key, each in vars(module).items() if inspect.isfunction(each) and not key.startswith("_")]
        raise ExportError(f"{path}: has no function {name!r}; it has {', '.join(known) or 'none'}")
    return value


def command_line():
    parser = argparse.ArgumentParser(
        prog="jax_export.py",
        description="Writes a JAX function as StableHLO text, with its inputs and XLA's results as .npy files.",
        epilog="Exit codes: 0 fine, 1 it cannot be exported, 2 a wrong command line.",
    )
    parser.add_argument("function", metavar="FILE.py[:FUNCTION]", help="what to export; default: FILE.py:main")
    parser.add_argument("inputs", metavar="IN.npy", nargs="*", help="the arguments, in place of the file's own")
    parser.add_argument(
        "--arguments", metavar="NAME", default="arguments", help="function of FILE.py that returns a tuple (arguments)"
    )
    parser.add_argument("-o", "--output", metavar="DIRECTORY", help="where to write; default: the folder of FILE.py")
    parser.add_argument("--name", help="name of the files; default: that of FILE.py")
    parser.add_argument("--x64", action="store_true", help="64-bit integers and floats (jax_enable_x64)")
    parser.add_argument("--platform", help="what JAX writes the program for, such as cpu or tpu")
    parser.add_argument("--no-expected", action="store_true", help="do not run the function")
    return parser.parse_intermixed_args()


def main():
    options = command_line()
    file, _, function = options.function.partition(".py:")
    path = pathlib.Path(f"{file}.py" if function else options.function)
    _, numpy = load_jax(x64=options.x64)
    module = load_file(path)
    if options.inputs:
        try:
            arguments = tuple(numpy.load(each, allow_pickle=False) for each in options.inputs)
        except (OSError, ValueError) as error:
            raise ExportError(first_line(error)) from error
    else:
        try:
            arguments = find(module, path, options.arguments)()
        except ExportError:
            raise
        except Exception as error:
            raise ExportError(f"{options.arguments}: {type(error).__name__}: {first_line(error)}") from error
        if not isinstance(arguments, tuple):
            arguments = (arguments,)
    directory = pathlib.Path(options.output or path.parent)
    manifest = export(
        find(module, path, function or "main"),
        arguments,
        directory,
        name=options.name or path.stem,
        tolerance=getattr(module, "TOLERANCE", None),
        expected=not options.no_expected,
        platform=options.platform,
    )
    print(f"{directory / manifest['program']}: {len(manifest['arguments'])} arguments", end="")
    print(f", {len(manifest['results'])} results" if "results" in manifest else "")


if __name__ == "__main__":
    try:
        main()
    except ExportError as error:
        sys.exit(f"jax_export: error: {error}")
