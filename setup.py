"""The wheel: for Linux on x86-64 if libraries of kernels were built before (`make wheel`), else for any system."""

from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel

HAS_LIBRARIES = any((Path(__file__).parent / "engine/kernel/libraries").glob("*.so"))
PLATFORM = "manylinux_2_17_x86_64"  # the C library that the libraries need at least


class PlatformDistribution(Distribution):
    """A distribution that belongs to a platform where it carries libraries."""

    def has_ext_modules(self) -> bool:
        """Whether it belongs to a platform."""
        return HAS_LIBRARIES


class PlatformWheel(bdist_wheel):
    """A wheel for any Python on the platform: the libraries know nothing of Python."""

    def get_tag(self) -> tuple[str, str, str]:
        """The tags of Python, of its binary interface, and of the platform."""
        return ("py3", "none", PLATFORM) if HAS_LIBRARIES else super().get_tag()


setup(distclass=PlatformDistribution, cmdclass={"bdist_wheel": PlatformWheel})
