"""The address of an array element in generated code."""

from typing import Any


def element_address(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """The address of element args[1] of array args[0]; signature: that of the intrinsic."""
    view = context.make_array(signature.args[0])(context, builder, args[0])
    return builder.gep(view.data, [args[1]])
