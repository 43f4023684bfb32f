"""What the processor that numba makes code for has: found out by code that is made for it."""

from engine.kernel import LazyModule

binding = LazyModule("llvmlite.binding")

_PROBE = """
define void @probe(ptr %floats, ptr %halves) {
  %x = load <16 x float>, ptr %floats
  %y = fmul <16 x float> %x, %x
  store <16 x float> %y, ptr %floats
  %h = load <8 x half>, ptr %halves
  %f = fpext <8 x half> %h to <8 x float>
  store <8 x float> %f, ptr %halves
  ret void
}
"""


def probe_registers() -> tuple[int, bool]:
    """The float32 in a register, and whether float16 is converted to float32.

    Of a processor named by NUMBA_CPU_NAME there is no list of features.
    """
    from numba.core.registry import cpu_target

    triple, name, features = cpu_target.target_context.codegen().magic_tuple()
    machine = binding.Target.from_triple(triple).create_target_machine(cpu=name, features=features, opt=2)
    code = machine.emit_assembly(binding.parse_assembly(_PROBE))
    lanes = 16 if "zmm" in code else 8 if "ymm" in code else 4
    return lanes, "vcvtph2ps" in code or "fcvtl" in code
