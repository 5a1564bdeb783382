"""opt_einsum and einops: their READMEs and documentation."""

from __future__ import annotations

from typing import Any

from .program import Make, imported, matrix, program, tensor


@program("opt_einsum")
def opt_einsum_contract(make: Make) -> Any:
    contract = imported("opt_einsum").contract
    return contract("ij,jk,kl->il", make(matrix()), make(matrix(4, 5)), make(matrix(5, 3)))


@program("opt_einsum")
def opt_einsum_contract_mixed(make: Make) -> Any:
    contract = imported("opt_einsum").contract
    return contract("ij,jk,kl->il", matrix(), make(matrix(4, 5)), matrix(5, 3))


@program("opt_einsum")
def opt_einsum_expression(make: Make) -> Any:
    expression = imported("opt_einsum").contract_expression("ab,bc,cd->ad", (6, 4), (4, 5), (5, 3))
    return expression(make(matrix()), make(matrix(4, 5)), make(matrix(5, 3)))


@program("opt_einsum")
def opt_einsum_sharing(make: Make) -> Any:
    opt_einsum = imported("opt_einsum")
    x, y, z = make(matrix()), make(matrix(4, 5)), make(matrix(5, 3))
    with opt_einsum.shared_intermediates():
        return [opt_einsum.contract(f"ij,jk,kl->{out}", x, y, z) for out in ("il", "jl")]


@program("einops")
def einops_rearrange(make: Make) -> Any:
    rearrange, x = imported("einops").rearrange, make(tensor())
    return rearrange(x, "b h w -> h (b w)"), rearrange(x, "(b1 b2) h w -> b1 h b2 w", b1=2)


@program("einops")
def einops_reduce(make: Make) -> Any:
    reduce, x = imported("einops").reduce, make(tensor())
    return reduce(x, "b h w -> h w", "mean"), reduce(x, "(b1 b2) h w -> b1 h", "max", b1=3)


@program("einops")
def einops_repeat_and_einsum(make: Make) -> Any:
    einops, x = imported("einops"), make(matrix())
    return einops.repeat(x, "h w -> h w c", c=3), einops.einsum(x, x, "i j, k j -> i k")
