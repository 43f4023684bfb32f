"""What the kernels are measured by: limits of the machine, peers, and goals, in figures that anyone can run."""
