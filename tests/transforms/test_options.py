"""The options that all transforms share mean the same in each of them."""

import functools
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import miniml as ml
from miniml import Array, Scalar

Params = dict[str, Any]
PARAMS: Params = {"head": {"w": np.array([0.5, -1.5])}, "scale": 2.0}
X = np.array([[1.0, 2.0], [0.5, -0.5], [-1.0, 0.25]])


def loss(p: Params, x: Array) -> Scalar:
    total: Scalar = np.sum(np.tanh(x @ p["head"]["w"]) ** 2 * p["scale"] ** 3)
    return total


def scores(p: Params, x: Array) -> Array:
    found: Array = np.tanh(x @ p["head"]["w"]) * p["scale"] ** 2
    return found


def loss_and_note(p: Params, x: Array) -> tuple[Scalar, Params]:
    return loss(p, x), {"largest": np.max(x @ p["head"]["w"]), "note": "text"}


def scores_and_note(p: Params, x: Array) -> tuple[Array, Params]:
    return scores(p, x), {"largest": np.max(x @ p["head"]["w"]), "note": "text"}


NOTE = loss_and_note(PARAMS, X)[1]


def head(p: Any) -> Any:
    return p["head"]


def along(transform: Any) -> Callable[[Any], tuple[Any, ...]]:
    """What a transform's program takes between the parameters and the data, for a part of them."""
    if transform in {ml.jvp, ml.hvp}:
        return lambda part: (ml.tree_map(lambda leaf: 0.5 * leaf, part),)
    return lambda _: (np.arange(1.0, 4.0),) if transform is ml.vjp else ()


DERIVATIVES = [ml.grad, ml.value_and_grad, ml.jvp, ml.vjp, ml.hvp, ml.hessian, ml.jacobian]
OF_ARRAYS = {ml.jvp, ml.vjp, ml.jacobian}


def mapped(function: Any, **options: Any) -> Any:
    """`vmap` over the rows of the data."""
    return ml.vmap(function, in_axes=(None, 0), **options)


EVERY = [*DERIVATIVES, ml.jit, mapped]


def name(transform: Any) -> str:
    return str(transform.__name__)


def called(transform: Any, function: Any = None, x: Any = X, **options: Any) -> Any:
    """The result of a transform's program with these options, called with the parameters and data."""
    function = function or (scores if transform in OF_ARRAYS else loss)
    part = options["wrt"](PARAMS) if "wrt" in options else PARAMS
    return transform(function, **options)(PARAMS, *along(transform)(part), x)


@pytest.mark.parametrize("transform", EVERY, ids=name)
class TestEvery:
    def test_eager(self, transform: Any) -> None:
        """With `eager` the result is the same."""
        assert ml.tree_allclose(called(transform, eager=True), called(transform), rtol=1e-12)

    def test_eager_branches(self, transform: Any) -> None:
        """With `eager` the function may branch on a value, and without it may not."""
        plain = scores if transform in OF_ARRAYS else loss

        def branching(p: Params, x: Array) -> Any:
            return plain(p, x) if p["scale"] > 0.0 else None

        found = called(transform, branching, eager=True)
        assert ml.tree_allclose(found, called(transform), rtol=1e-12)
        with pytest.raises(ml.TraceError, match="branch on"):
            called(transform, branching)

    @pytest.mark.jax
    def test_backend(self, transform: Any) -> None:
        """JAX computes the same result from NumPy's arrays, and gives it as NumPy's."""
        pytest.importorskip("jax")
        found = called(transform, backend="jax")
        assert ml.tree_allclose(found, called(transform), rtol=1e-10)
        assert all(isinstance(leaf, (float, np.ndarray)) for leaf in ml.tree_leaves(found))

    @pytest.mark.jax
    def test_arrays_of_jax(self, transform: Any) -> None:
        """An array of JAX among the arguments gives arrays of JAX under JAX, and NumPy's under NumPy."""
        jax = pytest.importorskip("jax")
        jax.config.update("jax_enable_x64", val=True)
        function = scores if transform in {ml.jit, mapped} else None
        for backend, kind in (("jax", jax.Array), ("numpy", np.ndarray)):
            found = called(transform, function, jax.numpy.asarray(X), backend=backend)
            leaves = [leaf for leaf in ml.tree_leaves(found) if not isinstance(leaf, float)]
            assert leaves
            assert all(isinstance(leaf, kind) for leaf in leaves)

    @pytest.mark.parametrize("backend", ["numpy", pytest.param("jax", marks=pytest.mark.jax)])
    def test_debug_nans(self, transform: Any, backend: Any) -> None:
        """With `debug_nans` the line of the function that made a NaN is named, in each backend."""
        if backend == "jax":
            pytest.importorskip("jax")
        plain = scores if transform in OF_ARRAYS else loss

        def spoilt(p: Params, x: Array) -> Any:
            return plain(p, x) * np.sqrt(-p["scale"])

        assert not np.isfinite(ml.tree_leaves(called(transform, spoilt))[0]).all()
        with pytest.raises(FloatingPointError, match=r"(sqrt|divide) gives NaN.*\n.*np\.sqrt\(-p"):
            called(transform, spoilt, debug_nans=True, backend=backend)
        finite = called(transform, debug_nans=True, backend=backend)
        assert ml.tree_allclose(finite, called(transform), rtol=1e-10)

    def test_of_another_name(self, transform: Any) -> None:
        """An option that there is not is refused when the transform is called."""
        with pytest.raises(
            TypeError, match=r"has no option 'wrong': .* eager, debug_nans, backend"
        ):
            transform(loss, wrong=1)

    def test_backend_of_another_name(self, transform: Any) -> None:
        """A backend that there is not is refused when the transform is called."""
        with pytest.raises(ValueError, match="backend is 'tpu': it must be 'numpy' or 'jax'"):
            transform(loss, backend="tpu")

    def test_eager_jax(self, transform: Any) -> None:
        """Eager tracing computes with NumPy: it is no option of another backend."""
        with pytest.raises(ValueError, match="eager=True and backend='jax' exclude each other"):
            transform(loss, eager=True, backend="jax")

    def test_same_program(self, transform: Any) -> None:
        """An option given as its default is the option not given: there is one program."""
        assert transform(loss) is transform(loss, eager=False, backend="numpy")
        assert transform(loss) is not transform(loss, debug_nans=True)

    def test_pickles(self, transform: Any) -> None:
        """A program pickles with its options."""
        again = pickle.loads(pickle.dumps(transform(loss, debug_nans=True)))
        assert again is transform(loss, debug_nans=True)


@pytest.mark.parametrize("transform", DERIVATIVES, ids=name)
class TestDerivatives:
    def test_wrt(self, transform: Any) -> None:
        """By a part it is what it is for a function of that part alone."""
        function = scores if transform in OF_ARRAYS else loss

        def of_part(part: Any, x: Array) -> Any:
            return function({**PARAMS, "head": part}, x)

        found = called(transform, wrt=head)
        expected = transform(of_part)(PARAMS["head"], *along(transform)(PARAMS["head"]), X)
        assert ml.tree_allclose(found, expected, rtol=1e-12)
        assert ml.tree_structure(found) == ml.tree_structure(expected)

    def test_has_aux(self, transform: Any) -> None:
        """What the function returns beside its value comes through, and the rest is the same."""
        function = scores_and_note if transform in OF_ARRAYS else loss_and_note
        found = called(transform, function, has_aux=True)
        if transform is ml.value_and_grad:
            (value, aux), gradient = found
            rest = value, gradient
        else:
            *several, aux = found
            rest = several[0] if len(several) == 1 else tuple(several)
        assert ml.tree_allclose(rest, called(transform), rtol=1e-12)
        assert ml.tree_allclose(aux, NOTE, rtol=1e-12)

    def test_all_at_once(self, transform: Any) -> None:
        """The options combine."""
        function = scores_and_note if transform in OF_ARRAYS else loss_and_note
        one = called(transform, function, has_aux=True, wrt=head, debug_nans=True)
        two = called(transform, function, has_aux=True, wrt=head, eager=True)
        assert ml.tree_allclose(one, two, rtol=1e-12)

    def test_within_a_trace(self, transform: Any) -> None:
        """So they do in a function that is traced."""
        function = scores_and_note if transform in OF_ARRAYS else loss_and_note
        inner = functools.partial(called, transform, function, has_aux=True, wrt=head)
        assert ml.tree_allclose(ml.jit(lambda _: inner())(1.0), inner(), rtol=1e-12)

    def test_no_pair(self, transform: Any) -> None:
        """With `has_aux` a function that returns no pair is refused."""
        with pytest.raises(ml.TraceError, match=r"must return a pair, \(value, aux\)"):
            called(transform, has_aux=True)

    @pytest.mark.parametrize("wrt", ["head", 0])
    def test_wrt_that_is_not_a_function(self, transform: Any, wrt: Any) -> None:
        """A name or a position does not select a part."""
        with pytest.raises(TypeError, match=rf"wrt is {wrt!r}: it must be a function"):
            transform(loss, wrt=wrt)


@pytest.mark.parametrize("transform", [ml.jit, ml.vmap], ids=name)
@pytest.mark.parametrize("option", ["wrt", "has_aux"])
def test_options_of_derivatives_alone(transform: Any, option: str) -> None:
    """`wrt` and `has_aux` belong to derivatives."""
    with pytest.raises(TypeError, match=rf"{name(transform)} has no option '{option}'"):
        transform(loss, **{option: head})


@pytest.mark.parametrize(
    ("option", "way_out"),
    [("argnums", "pass a tuple or a dict"), ("static_argnums", r"functools\.partial")],
)
def test_options_of_jax(option: str, way_out: str) -> None:
    """For an option that JAX has, the message says what replaces it."""
    options: Any = {option: 1}
    with pytest.raises(TypeError, match=rf"grad has no option '{option}': .*{way_out}"):
        ml.grad(loss, **options)


@given(st.floats(-2.0, 2.0), st.floats(-2.0, 2.0))
def test_derivatives_by_a_part_agree(a: float, b: float) -> None:
    """Gradient, products, Hessian and Jacobian by a part are those that `grad` gives, in any point."""
    p = {"a": a, "b": b}

    def f(p: Any) -> Any:
        return np.sin(p["a"] * p["b"]) + p["a"] ** 3

    def by_a(p: Any) -> Any:
        return p["a"]

    first = ml.grad(f, wrt=by_a)(p)
    second = ml.grad(ml.grad(f, wrt=by_a), wrt=by_a)(p)
    near = functools.partial(pytest.approx, rel=1e-9, abs=1e-9)
    assert ml.jacobian(f, wrt=by_a)(p) == near(first)
    assert ml.vjp(f, wrt=by_a)(p, 2.0)[1] == near(2.0 * first)
    assert ml.jvp(f, wrt=by_a)(p, 2.0)[1] == near(2.0 * first)
    assert ml.hvp(f, wrt=by_a)(p, 2.0) == near(2.0 * second)
    assert ml.hessian(f, wrt=by_a)(p)[0, 0] == near(second)


@pytest.mark.parametrize("transform", [ml.hessian, ml.jacobian], ids=name)
def test_hessian_by_a_part_is_jaxs(transform: Any) -> None:
    """Of a part the matrix, or the tree, is the one JAX gives of a function of that part."""
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", val=True)

    def of_w(np: Any, w: Any) -> Any:
        values = np.tanh(X @ w) * PARAMS["scale"]
        return np.sum(values**2) if transform is ml.hessian else values

    def of_params(p: Params, x: Array) -> Any:
        values = np.tanh(x @ p["head"]["w"]) * p["scale"]
        return np.sum(values**2) if transform is ml.hessian else values

    found = transform(of_params, wrt=lambda p: p["head"]["w"])(PARAMS, X)
    theirs = jax.hessian if transform is ml.hessian else jax.jacobian
    expected = theirs(functools.partial(of_w, jax.numpy))(PARAMS["head"]["w"])
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_jit_as_a_decorator_with_options() -> None:
    """`jit` with options alone waits for its function, and refuses wrong ones at once."""

    @ml.jit(debug_nans=True)
    def root(x: float) -> Scalar:
        found: Scalar = np.sqrt(x)
        return found

    assert root(4.0) == 2.0
    with pytest.raises(FloatingPointError, match="sqrt gives NaN"):
        root(-1.0)
    with pytest.raises(ValueError, match="backend is 'tpu'"):
        ml.jit(backend="tpu")  # type: ignore[call-overload]  # what is refused


@pytest.mark.parametrize("view", ["source", "explain", "lower"])
def test_an_eager_transform_has_no_program(view: str) -> None:
    """What shows a program says that an eager transform has none, and not to make it eager."""

    def size(x: float) -> float:
        return x if x > 0.0 else -x

    program: Any = ml.grad(size, eager=True)
    assert program(-2.0) == -1.0
    with pytest.raises(
        ml.TraceError, match=r"eager=True each operation runs .* cannot branch on"
    ) as e:
        getattr(program, view)(-2.0)
    assert "trace at every call" not in str(e.value)
    assert "x if x > 0.0 else -x" in str(e.value)
