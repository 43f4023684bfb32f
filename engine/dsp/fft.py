"""The Fourier transform of complex numbers, real and imaginary parts apart, in passes that can be cut into pieces.

`forward` leaves the frequencies in an order of its own, which `backward` expects: for convolution it does not matter,
and `order` tells it. Each pass goes over all numbers once: radix 4 while a quarter holds a register, radix 2 where
that leaves two registers, and at last the transform within a register. A pass may be done in pieces, at any time, as
long as the one before it is complete.

The numbers of a transform stand at a `base` of an array x: `size` real parts, then as many imaginary ones.
"""

import numpy as np
from numba import njit

from engine.simd.register_fft import put, restore, row, transform
from engine.simd.vectors import LANES, add, aligned, fma, fms, mul, sub

SMALLEST = 2 * LANES
RADIX, WIDTH, STEPS, PLACE = range(4)  # of a pass: how far apart its numbers are, how many steps, where its twiddles


def passes(size: int) -> np.ndarray:
    """[main thread] The passes (P, 4) int32 of a transform of `size` numbers, a power of two from SMALLEST on."""
    found, width, place = [], size // 4, 0
    while width >= LANES:
        found.append((4, width, size // 4, place))
        place += 6 * width
        width //= 4
    if 4 * width == 2 * LANES:
        found.append((2, LANES, size // 2, place))
    return np.array([*found, (1, LANES, size, 0)], np.int32)


def twiddles(size: int) -> np.ndarray:
    """[main thread] The table of a transform: for each pass cos and −sin of its turns, once, twice, three times."""
    rows = [np.zeros(LANES)]
    for radix, width, _, _ in passes(size)[:-1]:
        turns = 2 * np.pi * np.outer(np.arange(1, radix), np.arange(width)) / (radix * width)
        rows += [np.stack([np.cos(turns), -np.sin(turns)], 1).ravel()]
    flat = np.concatenate([*rows[1:], rows[0]])
    table = aligned(flat.shape)
    table[:] = flat
    return table


def order(size: int) -> np.ndarray:
    """[main thread] The frequencies (size,) in the order in which `forward` leaves them."""
    x = aligned((2 * size,))
    x[1] = 1
    forward(x, 0, size, twiddles(size), passes(size))
    angle = np.angle(x[:size] + 1j * x[size:])
    return np.round(-angle * size / (2 * np.pi)).astype(np.int32) % size


@njit(cache=True, error_model="numpy")
def forward(x, base, size, table, passes):
    """Transform numbers in place."""
    for i in range(passes.shape[0]):
        divide(x, base, size, table, passes[i], 0, passes[i, STEPS])


@njit(cache=True, error_model="numpy")
def backward(x, base, size, table, passes):
    """Make of transformed numbers `size` times the numbers, in place."""
    for i in range(passes.shape[0] - 1, -1, -1):
        unite(x, base, size, table, passes[i], 0, passes[i, STEPS])


@njit(cache=True, error_model="numpy")
def divide(x, base, size, table, step, first, last):
    """Do the steps first … last − 1, both multiples of LANES, of a pass of `forward`."""
    width, place = step[WIDTH], step[PLACE]
    if step[RADIX] == 4:
        _divide_by_four(x, base, size, width, table, place, first, last)
    elif step[RADIX] == 2:
        _divide_by_two(x, base, size, table, place, first, last)
    else:
        for i in range(base + first, base + last, LANES):
            re, im = transform(row(x, i), row(x, i + size))
            put(x, i, re)
            put(x, i + size, im)


@njit(cache=True, error_model="numpy")
def unite(x, base, size, table, step, first, last):
    """Do the steps first … last − 1, both multiples of LANES, of a pass of `backward`."""
    width, place = step[WIDTH], step[PLACE]
    if step[RADIX] == 4:
        _unite_four(x, base, size, width, table, place, first, last)
    elif step[RADIX] == 2:
        _unite_two(x, base, size, table, place, first, last)
    else:
        for i in range(base + first, base + last, LANES):
            re, im = restore(row(x, i), row(x, i + size))
            put(x, i, re)
            put(x, i + size, im)


@njit(cache=True, error_model="numpy")
def _divide_by_four(x, base, size, width, table, place, first, last):
    for step in range(first, last, LANES):
        j = step & (width - 1)
        a = base + 4 * (step - j) + j
        b, c, d, w = a + width, a + 2 * width, a + 3 * width, place + j
        a_re, a_im, b_re, b_im = row(x, a), row(x, a + size), row(x, b), row(x, b + size)
        c_re, c_im, d_re, d_im = row(x, c), row(x, c + size), row(x, d), row(x, d + size)
        even_re, even_im, far_re, far_im = add(a_re, c_re), add(a_im, c_im), sub(a_re, c_re), sub(a_im, c_im)
        odd_re, odd_im, near_re, near_im = add(b_re, d_re), add(b_im, d_im), sub(b_re, d_re), sub(b_im, d_im)
        put(x, a, add(even_re, odd_re))
        put(x, a + size, add(even_im, odd_im))
        _put_turned(x, b, size, add(far_re, near_im), sub(far_im, near_re), table, w, width)
        _put_turned(x, c, size, sub(even_re, odd_re), sub(even_im, odd_im), table, w + 2 * width, width)
        _put_turned(x, d, size, sub(far_re, near_im), add(far_im, near_re), table, w + 4 * width, width)


@njit(cache=True, error_model="numpy")
def _unite_four(x, base, size, width, table, place, first, last):
    for step in range(first, last, LANES):
        j = step & (width - 1)
        a = base + 4 * (step - j) + j
        b, c, d, w = a + width, a + 2 * width, a + 3 * width, place + j
        a_re, a_im = row(x, a), row(x, a + size)
        b_re, b_im = _turned_back(x, b, size, table, w, width)
        c_re, c_im = _turned_back(x, c, size, table, w + 2 * width, width)
        d_re, d_im = _turned_back(x, d, size, table, w + 4 * width, width)
        even_re, even_im, far_re, far_im = add(a_re, c_re), add(a_im, c_im), sub(a_re, c_re), sub(a_im, c_im)
        odd_re, odd_im, near_re, near_im = add(b_re, d_re), add(b_im, d_im), sub(b_re, d_re), sub(b_im, d_im)
        put(x, a, add(even_re, odd_re))
        put(x, a + size, add(even_im, odd_im))
        put(x, b, sub(far_re, near_im))
        put(x, b + size, add(far_im, near_re))
        put(x, c, sub(even_re, odd_re))
        put(x, c + size, sub(even_im, odd_im))
        put(x, d, add(far_re, near_im))
        put(x, d + size, sub(far_im, near_re))


@njit(cache=True, error_model="numpy")
def _divide_by_two(x, base, size, table, place, first, last):
    for step in range(first, last, LANES):
        a = base + 2 * step
        b = a + LANES
        a_re, a_im, b_re, b_im = row(x, a), row(x, a + size), row(x, b), row(x, b + size)
        put(x, a, add(a_re, b_re))
        put(x, a + size, add(a_im, b_im))
        _put_turned(x, b, size, sub(a_re, b_re), sub(a_im, b_im), table, place, LANES)


@njit(cache=True, error_model="numpy")
def _unite_two(x, base, size, table, place, first, last):
    for step in range(first, last, LANES):
        a = base + 2 * step
        b = a + LANES
        a_re, a_im = row(x, a), row(x, a + size)
        b_re, b_im = _turned_back(x, b, size, table, place, LANES)
        put(x, a, add(a_re, b_re))
        put(x, a + size, add(a_im, b_im))
        put(x, b, sub(a_re, b_re))
        put(x, b + size, sub(a_im, b_im))


@njit(inline="always", error_model="numpy")
def _put_turned(x, place, size, re, im, table, w, width):
    """Write re + i im times the twiddles at w."""
    c, s = row(table, w), row(table, w + width)
    put(x, place, fms(re, c, mul(im, s)))
    put(x, place + size, fma(re, s, mul(im, c)))


@njit(inline="always", error_model="numpy")
def _turned_back(x, place, size, table, w, width):
    """What stands at a place, times the conjugate of the twiddles at w."""
    c, s = row(table, w), row(table, w + width)
    re, im = row(x, place), row(x, place + size)
    return fma(re, c, mul(im, s)), fms(im, c, mul(re, s))
