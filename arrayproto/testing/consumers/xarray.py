"""xarray: its tutorials."""

from __future__ import annotations

from typing import Any

import numpy as np

from .program import Make, imported, matrix, program


def _array(make: Make) -> Any:
    data = make(matrix())
    return imported("xarray").DataArray(data, dims=("x", "y"), coords={"x": np.arange(6)})


@program("xarray", ducks=True)
def xarray_arithmetic(make: Make) -> Any:
    a = _array(make)
    return (a + 2 * a - 1).data, a.transpose("y", "x").data, a.isel(x=slice(1, 3)).sel(x=2).data


@program("xarray", ducks=True)
def xarray_reductions(make: Make) -> Any:
    a = _array(make)
    return a.mean("x").data, a.sum().data, a.std("y").data, a.where(a > 0.5).mean("x").data


@program("xarray", ducks=True)
def xarray_where_and_concat(make: Make) -> Any:
    a, xr = _array(make), imported("xarray")
    return a.where(a > 0.5, 0).data, xr.concat([a, a], "x").data, a.where(a > 0.5).fillna(0).data


@program("xarray", ducks=True)
def xarray_groupby(make: Make) -> Any:
    group = imported("xarray").DataArray([0, 0, 0, 1, 1, 1], dims="x", name="g")
    return _array(make).groupby(group).mean().data


@program("xarray", ducks=True)
def xarray_rolling(make: Make) -> Any:
    return _array(make).rolling(x=2).mean().data


@program("xarray", ducks=True)
def xarray_weighted(make: Make) -> Any:
    return _array(make).weighted(imported("xarray").DataArray(np.arange(6.0), dims="x")).mean().data


@program("xarray", ducks=True)
def xarray_quantile(make: Make) -> Any:
    return _array(make).quantile(0.5, "x").data


@program("xarray", ducks=True)
def xarray_dataset(make: Make) -> Any:
    xr = imported("xarray")
    variables = {"a": (("x", "y"), make(matrix())), "b": ("x", np.arange(6.0))}
    ds = xr.Dataset(variables, coords={"x": np.arange(6)})
    return (ds.a * ds.b).data, ds.mean("x").a.data, xr.dot(ds.a, ds.a, dim="y").data


@program("xarray", ducks=True)
def xarray_without_nan(make: Make) -> Any:
    a = _array(make)
    a = a.where(a > 0.3)
    return a.sum("x").data, a.max("y").data, a.var("x").data, a.count("x").data


@program("xarray", ducks=True)
def xarray_steps(make: Make) -> Any:
    a = _array(make)
    return a.diff("x").data, a.shift(x=1).data, a.cumsum("x").data, a.coarsen(x=2).mean().data


@program("xarray", ducks=True)
def xarray_interp(make: Make) -> Any:
    return _array(make).interp(x=[0.5, 2.25, 9]).data
