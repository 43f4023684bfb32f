"""The kernel of matmul.py without explicit vectors: its reference, and a fallback where vectors fail."""

from engine.kernel import njit
from engine.simd.vectors import WIDTH


@njit(cache=True, error_model="numpy", fastmath=True)
def multiply(panels, start, bias, x, y, first, last):
    """Write the rows of panels first … last − 1 of y = matrix · x + bias for each vector; panels (n,) of float32."""
    each, size = y.shape[2] // WIDTH, x.shape[2]
    for p in range(first, last):
        for b in range(x.shape[1]):
            total = y[p // each, b, p % each * WIDTH : (p % each + 1) * WIDTH]
            for row in range(WIDTH):
                total[row] = bias[p * WIDTH + row]
            for part in range(x.shape[0]):
                for k in range(size):
                    weight = panels[start + ((p * x.shape[0] + part) * size + k) * WIDTH :]
                    for row in range(WIDTH):
                        total[row] += weight[row] * x[part, b, k]
