"""The program around each Python peer. It reads the task (a JSON file whose path is the argument), runs and times what
the task asks for, and prints one line of JSON. protocol.mjs does the same for JavaScript and describes the methods of a
peer. A Python peer may also have `rotation(batches)`, which returns a function that makes a step on each batch, and
`job(train, test, indices, steps, every, warmup)`, its own loop with evaluations."""

import json
import os
import platform
import resource
import statistics
import sys
import time
from functools import partial

import numpy as np

BATCH = 100
CLASSES = 10


def race(build):
    with open(sys.argv[1]) as file:
        task = json.load(file)
    read = lambda name, dtype: np.fromfile(os.path.join(task["folder"], name), dtype)
    weights = split(read("weights.f64", np.float64))
    images = read("images.u8", np.uint8).reshape(-1, 784)
    labels = read("labels.u8", np.uint8)
    peer = build(weights, **task["peer"])
    measure = task["measure"]
    result = {}

    def hand_over(count):
        data = peer.load(images[: count * BATCH], labels[: count * BATCH])
        return [peer.batch(data, np.arange(i * BATCH, (i + 1) * BATCH)) for i in range(count)]

    if measure.get("first"):
        peer.step(*hand_over(1)[0])
        result["first"] = time.time() * 1000 - float(os.environ["PEER_STARTED"])
    batches = hand_over(task["batches"])
    if "numerical" in measure:
        exact = split(read(task["gradient"], np.float64))
        result["numerical"] = measure_numerical(peer, batches, weights, exact, **measure["numerical"])
    if "evaluation" in measure or "job" in measure:
        train = peer.load(*mnist(task["mnist"], "train"))

    def rotate():
        for batch in batches:
            peer.step(*batch)

    rotation = peer.rotation(batches) if hasattr(peer, "rotation") else rotate
    if measure.get("agree"):
        rotation()
        probabilities = np.asarray(peer.probabilities(batches[0][0]), dtype=np.float64)
        result["loss"] = -np.mean(np.log(probabilities[np.arange(BATCH), labels[:BATCH]] + 1e-7))
    if "step" in measure:
        repeat(rotation, measure["step"]["warmup"], 1)
        begin, before = time.perf_counter(), time.process_time()
        result["step"] = summary(repeat(rotation, measure["step"]["ms"], 3), len(batches))
        result["share"] = (time.process_time() - before) / (time.perf_counter() - begin)
    if "evaluation" in measure:
        times = repeat(lambda: peer.accuracy(*train), measure["evaluation"]["ms"], 1)
        # The first run is the warm-up, unless it is the only one because it takes longer than the time.
        result["evaluation"] = summary(times[1:] or times, 1)
    if "job" in measure:
        test = peer.load(*mnist(task["mnist"], "t10k"))
        indices = read("indices.i32", np.int32).reshape(-1, BATCH)
        started = time.time() * 1000 - float(os.environ["PEER_STARTED"])
        train_all = peer.job if hasattr(peer, "job") else partial(measure_job, peer)
        result["job"] = {"startMs": started, **train_all(train, test, indices, **measure["job"])}
    # ru_maxrss is in kilobytes on Linux, and in bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    result["peakRss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    result["runtime"] = f"Python {platform.python_version()}"
    print(json.dumps(result))


def measure_job(peer, train, test, indices, steps, every, warmup):
    """Times steps that gather their batches. Every `every` steps the accuracy over both sets is computed."""
    if warmup > 0:
        repeat(lambda: peer.step(*peer.batch(train, indices[0])), warmup, 1)
    result = {"steps": steps, "evaluations": 0, "stepMs": 0, "evaluationMs": 0, "testAccuracy": 0}
    mark = time.perf_counter()
    for i in range(steps):
        peer.step(*peer.batch(train, indices[i % len(indices)]))
        if every == 0 or i % every != 0:
            continue
        begin = time.perf_counter()
        peer.accuracy(*train)
        result["testAccuracy"] = peer.accuracy(*test)
        result["evaluations"] += 1
        result["stepMs"] += (begin - mark) * 1000
        mark = time.perf_counter()
        result["evaluationMs"] += (mark - begin) * 1000
    result["stepMs"] += (time.perf_counter() - mark) * 1000
    return result


def measure_numerical(peer, batches, weights, exact, ms, h):
    """Times a gradient by central differences, or as many of its parameters as fit into the time (all if ms is None)."""
    largest = max(np.abs(values).max() for values in exact.values())
    total = sum(values.size for values in exact.values())
    if hasattr(peer, "numerical_gradient"):
        gradient = peer.numerical_gradient(*batches[0], h)
        error = max(np.abs(gradient[name].ravel() - exact[name].ravel()).max() for name in gradient)
        times = repeat(lambda: peer.numerical_gradient(*batches[1], h), ms or 3000, 1)
        measured = sum(values.size for values in gradient.values())
        return {"ms": summary(times, 1)["median"], "measured": measured, "of": total, "error": error / largest}

    everything = [(name, index) for name in exact for index in np.ndindex(exact[name].shape)]
    # 24,593 is a prime, about 0.618 times 39,760. So any beginning of the list is a fair sample of all parameters.
    parameters = [everything[(i * 24593) % total] for i in range(total)]
    parameters[:0], ms = parameters[:10], ms or float("inf")
    measured, worst, start = -10, 0.0, time.perf_counter()  # the first ten are the warm-up
    for name, index in parameters:
        if measured == 0:
            start = time.perf_counter()
        if measured >= 10 and (time.perf_counter() - start) * 1000 >= ms:
            break
        value = weights[name][index]
        peer.write(name, index, value + h)
        after = peer.loss(*batches[0])
        peer.write(name, index, value - h)
        before = peer.loss(*batches[0])
        peer.write(name, index, value)
        worst = max(worst, abs((after - before) / (2 * h) - exact[name][index]))
        measured += 1
    spent = (time.perf_counter() - start) * 1000
    return {"ms": spent * total / measured, "measured": measured, "of": total, "error": worst / largest}


def split(values):
    """Splits one array into w1, b1, w2 and b2."""
    hidden = (len(values) - CLASSES) // (784 + 1 + CLASSES)
    shapes = {"w1": (784, hidden), "b1": (hidden,), "w2": (hidden, CLASSES), "b2": (CLASSES,)}
    ends = np.cumsum([np.prod(shape) for shape in shapes.values()])
    arrays = np.split(values, ends[:-1])
    return {name: array.reshape(shape) for (name, shape), array in zip(shapes.items(), arrays)}


def mnist(directory, subset):
    read = lambda kind, header: np.fromfile(os.path.join(directory, f"{subset}-{kind}-ubyte"), np.uint8)[header:]
    return read("images-idx3", 16).reshape(-1, 784), read("labels-idx1", 8)


def repeat(action, ms, least):
    """Runs `action` for `ms` milliseconds altogether, at least `least` times. Returns the milliseconds of each."""
    times = []
    begin = mark = time.perf_counter()
    while len(times) < least or (mark - begin) * 1000 < ms:
        action()
        now = time.perf_counter()
        times.append((now - mark) * 1000)
        mark = now
    return times


def summary(times, n):
    """Minimum and median of some times, divided by `n`."""
    return {"min": min(times) / n, "median": statistics.median(times) / n}
