"""Complex FFT with separate real and imaginary parts, in passes that can be split into steps over time.

`forward` leaves the bins in a permuted order, given by `bin_order`, which `inverse` expects; a convolution needs no
other. Each pass goes over all numbers once: radix 4 while a quarter holds a register, radix 2 where that leaves two
registers, and finally the FFT within a register. A pass may be done in pieces once the one before it is complete.

The numbers of a transform start at `base` of an array x: `size` real parts, then as many imaginary parts.

The order is that of reversed bits. So the numbers 2 h … 4 h − 1, h a power of two, have the bins that are minus those
of the same numbers backwards: number h + i, h ≤ i < 2 h, makes a pair with number 5 h − 1 − i, for 1 ≤ i < size / 2.
`split` takes the spectrum of left + i right apart by these pairs, `merge` puts it together.
"""

import numpy as np

from engine.kernel import Signature, njit
from engine.simd.register_fft import lane_fft, lane_inverse_fft
from engine.simd.registers import load_register, reverse_lanes, store_register
from engine.simd.vectors import LANES, add, aligned_zeros, fma, fms, mul, sub

MIN_SIZE = 2 * LANES
RADIX, WIDTH, STEPS, OFFSET = range(4)  # columns of a pass: radix, distance, steps, twiddles


def passes(size: int) -> np.ndarray:
    """[main thread] The passes (P, 4) int32 of an FFT of `size` numbers, a power of two ≥ MIN_SIZE."""
    found, width, offset = [], size // 4, 0
    while width >= LANES:
        found.append((4, width, size // 4, offset))
        offset += 6 * width
        width //= 4
    if 4 * width == 2 * LANES:
        found.append((2, LANES, size // 2, offset))
    return np.array([*found, (1, LANES, size, 0)], np.int32)


def twiddles(size: int) -> np.ndarray:
    """[main thread] The twiddle table of an FFT: for each pass cos and −sin of 1, 2 and 3 times its angles."""
    rows = [np.zeros(LANES)]
    for radix, width, _, _ in passes(size)[:-1]:
        angles = 2 * np.pi * np.outer(np.arange(1, radix), np.arange(width)) / (radix * width)
        rows += [np.stack([np.cos(angles), -np.sin(angles)], 1).ravel()]
    flat = np.concatenate([*rows[1:], rows[0]])
    table = aligned_zeros(flat.shape)
    table[:] = flat
    return table


def bin_order(size: int) -> np.ndarray:
    """[main thread] The bin numbers (size,) in the order in which `forward` leaves them."""
    x = aligned_zeros((2 * size,))
    x[1] = 1
    forward(x, 0, size, twiddles(size), passes(size))
    angle = np.angle(x[:size] + 1j * x[size:])
    return np.round(-angle * size / (2 * np.pi)).astype(np.int32) % size


def split_order(size: int) -> tuple[np.ndarray, np.ndarray]:
    """[main thread] What each number is after `split`: of left (0) or right (1), and the bin; both (size,)."""
    bins, channels = bin_order(size), np.zeros(size, np.int32)
    split_bins = bins.copy()
    for i in range(1, size // 2):
        half, lane = 1 << (i.bit_length() - 1), i % LANES
        backwards = 5 * half - 1 - i
        place = backwards if i < LANES else 5 * half - i - LANES + 2 * lane  # whole registers are not reversed
        channels[place], split_bins[place] = 1, bins[backwards]
    return channels, split_bins


@njit(cache=True, error_model="numpy", exported=Signature("", ("f4", 1), "i8", "i8", ("f4", 1), ("i4", 2)))
def forward(x, base, size, table, passes):
    """Transform in place."""
    for i in range(passes.shape[0]):
        forward_pass(x, base, size, table, passes[i], 0, passes[i, STEPS])


@njit(cache=True, error_model="numpy")
def inverse(x, base, size, table, passes):
    """Inverse transform in place, times `size`."""
    for i in range(passes.shape[0] - 1, -1, -1):
        inverse_pass(x, base, size, table, passes[i], 0, passes[i, STEPS])


@njit(cache=True, error_model="numpy")
def forward_pass(x, base, size, table, step, first, last):
    """Run steps first … last − 1, both multiples of LANES, of a pass of `forward`."""
    width, offset = step[WIDTH], step[OFFSET]
    if step[RADIX] == 4:
        _forward_radix_4(x, base, size, width, table, offset, first, last)
    elif step[RADIX] == 2:
        _forward_radix_2(x, base, size, table, offset, first, last)
    else:
        for i in range(base + first, base + last, LANES):
            re, im = lane_fft(load_register(x, i), load_register(x, i + size))
            store_register(x, i, re)
            store_register(x, i + size, im)


@njit(cache=True, error_model="numpy")
def inverse_pass(x, base, size, table, step, first, last):
    """Run steps first … last − 1, both multiples of LANES, of a pass of `inverse`."""
    width, offset = step[WIDTH], step[OFFSET]
    if step[RADIX] == 4:
        _inverse_radix_4(x, base, size, width, table, offset, first, last)
    elif step[RADIX] == 2:
        _inverse_radix_2(x, base, size, table, offset, first, last)
    else:
        for i in range(base + first, base + last, LANES):
            re, im = lane_inverse_fft(load_register(x, i), load_register(x, i + size))
            store_register(x, i, re)
            store_register(x, i + size, im)


@njit(cache=True, error_model="numpy")
def split(x, base, size, first, last):
    """Split the spectrum of left + i right, of pair `first` to pair `last` − 1, both multiples of LANES.

    Each pair becomes twice a number of left at a bin, and twice one of right at minus that bin, where `split_order`
    says. Of the first two numbers, which are not in pairs, the real part is that of left, the imaginary of right.
    """
    half = LANES
    for i in range(first, last, LANES):
        if i == 0:
            _split_first(x, base, size)
            continue
        while 2 * half <= i:
            half *= 2
        p, q = base + half + i, base + 5 * half - i - LANES
        p_re, p_im = load_register(x, p), load_register(x, p + size)
        q_re, q_im = reverse_lanes(load_register(x, q)), reverse_lanes(load_register(x, q + size))
        store_register(x, p, add(p_re, q_re))
        store_register(x, p + size, sub(p_im, q_im))
        store_register(x, q, add(p_im, q_im))
        store_register(x, q + size, sub(p_re, q_re))


@njit(cache=True, error_model="numpy")
def merge(x, base, size, first, last):
    """Merge spectra that were split, without the factor 2: the inverse of `split`, times 2."""
    half = LANES
    for i in range(first, last, LANES):
        if i == 0:
            _merge_first(x, base, size)
            continue
        while 2 * half <= i:
            half *= 2
        p, q = base + half + i, base + 5 * half - i - LANES
        left_re, left_im = load_register(x, p), load_register(x, p + size)
        right_re, right_im = load_register(x, q), load_register(x, q + size)
        store_register(x, p, add(left_re, right_im))
        store_register(x, p + size, add(left_im, right_re))
        store_register(x, q, reverse_lanes(sub(left_re, right_im)))
        store_register(x, q + size, reverse_lanes(sub(right_re, left_im)))


@njit(cache=True, error_model="numpy")
def _split_first(x, base, size):
    """Split the pairs 1 … LANES − 1."""
    half = 1
    for i in range(1, LANES):
        half = 2 * half if i == 2 * half else half
        p, q = base + half + i, base + 5 * half - 1 - i
        p_re, p_im, q_re, q_im = x[p], x[p + size], x[q], x[q + size]
        x[p], x[p + size], x[q], x[q + size] = p_re + q_re, p_im - q_im, p_im + q_im, p_re - q_re


@njit(cache=True, error_model="numpy")
def _merge_first(x, base, size):
    """Merge the pairs 1 … LANES − 1."""
    half = 1
    for i in range(1, LANES):
        half = 2 * half if i == 2 * half else half
        p, q = base + half + i, base + 5 * half - 1 - i
        left_re, left_im, right_re, right_im = x[p], x[p + size], x[q], x[q + size]
        x[p], x[p + size] = left_re + right_im, left_im + right_re
        x[q], x[q + size] = left_re - right_im, right_re - left_im


@njit(cache=True, error_model="numpy")
def _forward_radix_4(x, base, size, width, table, offset, first, last):
    for step in range(first, last, LANES):
        j = step & (width - 1)
        a = base + 4 * (step - j) + j
        b, c, d, w = a + width, a + 2 * width, a + 3 * width, offset + j
        a_re, a_im, b_re, b_im = (
            load_register(x, a),
            load_register(x, a + size),
            load_register(x, b),
            load_register(x, b + size),
        )
        c_re, c_im, d_re, d_im = (
            load_register(x, c),
            load_register(x, c + size),
            load_register(x, d),
            load_register(x, d + size),
        )
        even_sum_re, even_sum_im, even_diff_re, even_diff_im = (
            add(a_re, c_re),
            add(a_im, c_im),
            sub(a_re, c_re),
            sub(a_im, c_im),
        )
        odd_sum_re, odd_sum_im, odd_diff_re, odd_diff_im = (
            add(b_re, d_re),
            add(b_im, d_im),
            sub(b_re, d_re),
            sub(b_im, d_im),
        )
        store_register(x, a, add(even_sum_re, odd_sum_re))
        store_register(x, a + size, add(even_sum_im, odd_sum_im))
        _store_twiddled(
            x, b, size, sub(even_sum_re, odd_sum_re), sub(even_sum_im, odd_sum_im), table, w + 2 * width, width
        )
        _store_twiddled(x, c, size, add(even_diff_re, odd_diff_im), sub(even_diff_im, odd_diff_re), table, w, width)
        _store_twiddled(
            x, d, size, sub(even_diff_re, odd_diff_im), add(even_diff_im, odd_diff_re), table, w + 4 * width, width
        )


@njit(cache=True, error_model="numpy")
def _inverse_radix_4(x, base, size, width, table, offset, first, last):
    for step in range(first, last, LANES):
        j = step & (width - 1)
        a = base + 4 * (step - j) + j
        b, c, d, w = a + width, a + 2 * width, a + 3 * width, offset + j
        a_re, a_im = load_register(x, a), load_register(x, a + size)
        b_re, b_im = _load_untwiddled(x, c, size, table, w, width)
        c_re, c_im = _load_untwiddled(x, b, size, table, w + 2 * width, width)
        d_re, d_im = _load_untwiddled(x, d, size, table, w + 4 * width, width)
        even_sum_re, even_sum_im, even_diff_re, even_diff_im = (
            add(a_re, c_re),
            add(a_im, c_im),
            sub(a_re, c_re),
            sub(a_im, c_im),
        )
        odd_sum_re, odd_sum_im, odd_diff_re, odd_diff_im = (
            add(b_re, d_re),
            add(b_im, d_im),
            sub(b_re, d_re),
            sub(b_im, d_im),
        )
        store_register(x, a, add(even_sum_re, odd_sum_re))
        store_register(x, a + size, add(even_sum_im, odd_sum_im))
        store_register(x, b, sub(even_diff_re, odd_diff_im))
        store_register(x, b + size, add(even_diff_im, odd_diff_re))
        store_register(x, c, sub(even_sum_re, odd_sum_re))
        store_register(x, c + size, sub(even_sum_im, odd_sum_im))
        store_register(x, d, add(even_diff_re, odd_diff_im))
        store_register(x, d + size, sub(even_diff_im, odd_diff_re))


@njit(cache=True, error_model="numpy")
def _forward_radix_2(x, base, size, table, offset, first, last):
    for step in range(first, last, LANES):
        a = base + 2 * step
        b = a + LANES
        a_re, a_im, b_re, b_im = (
            load_register(x, a),
            load_register(x, a + size),
            load_register(x, b),
            load_register(x, b + size),
        )
        store_register(x, a, add(a_re, b_re))
        store_register(x, a + size, add(a_im, b_im))
        _store_twiddled(x, b, size, sub(a_re, b_re), sub(a_im, b_im), table, offset, LANES)


@njit(cache=True, error_model="numpy")
def _inverse_radix_2(x, base, size, table, offset, first, last):
    for step in range(first, last, LANES):
        a = base + 2 * step
        b = a + LANES
        a_re, a_im = load_register(x, a), load_register(x, a + size)
        b_re, b_im = _load_untwiddled(x, b, size, table, offset, LANES)
        store_register(x, a, add(a_re, b_re))
        store_register(x, a + size, add(a_im, b_im))
        store_register(x, b, sub(a_re, b_re))
        store_register(x, b + size, sub(a_im, b_im))


@njit(inline="always", error_model="numpy")
def _store_twiddled(x, offset, size, re, im, table, w, width):
    """Store re + i im times the twiddles at w."""
    c, s = load_register(table, w), load_register(table, w + width)
    store_register(x, offset, fms(re, c, mul(im, s)))
    store_register(x, offset + size, fma(re, s, mul(im, c)))


@njit(inline="always", error_model="numpy")
def _load_untwiddled(x, offset, size, table, w, width):
    """Load the numbers at an offset times the conjugate of the twiddles at w."""
    c, s = load_register(table, w), load_register(table, w + width)
    re, im = load_register(x, offset), load_register(x, offset + size)
    return fma(re, c, mul(im, s)), fms(im, c, mul(re, s))
