# Seconds per sweep of implicit's ALS by conjugate gradients, on the matrix that bench/als.ts wrote.
import json
import os
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # implicit has threads of its own, and warns of more
import implicit.als
import numpy
import scipy.sparse

folder, items, factors, sweeps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
starts = numpy.fromfile(os.path.join(folder, "starts"), dtype=numpy.int32)
columns = numpy.fromfile(os.path.join(folder, "items"), dtype=numpy.int32)
matrix = scipy.sparse.csr_matrix((numpy.ones(len(columns), dtype=numpy.float32), columns, starts), shape=(len(starts) - 1, items))


def measured(iterations):
    model = implicit.als.AlternatingLeastSquares(factors=factors, regularization=100, alpha=40, iterations=iterations, use_cg=True, random_state=1)
    wall, cpu = time.perf_counter(), time.process_time()
    model.fit(matrix, show_progress=False)
    return time.perf_counter() - wall, time.process_time() - cpu


measured(1)
none, all_sweeps = measured(0), measured(sweeps)
print(json.dumps({"seconds_per_sweep": (all_sweeps[0] - none[0]) / sweeps, "cpu_seconds_per_sweep": (all_sweeps[1] - none[1]) / sweeps}))
