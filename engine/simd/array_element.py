"""The address of an array element in generated code."""

from typing import Any

from llvmlite import ir


def element_address(context: Any, builder: ir.IRBuilder, signature: Any, args: Any) -> ir.Value:
    """The address of element args[1] of array args[0]; signature: that of the intrinsic."""
    view = context.make_array(signature.args[0])(context, builder, args[0])
    return builder.gep(view.data, [args[1]])
