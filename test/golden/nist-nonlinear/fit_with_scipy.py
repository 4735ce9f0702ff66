"""Fits NIST's nonlinear problems with SciPy's least_squares: python fit_with_scipy.py > scipy.txt"""
import pathlib
import re

import numpy as np
import scipy
from scipy.optimize import least_squares

folder = pathlib.Path(__file__).resolve().parent
exp, cos, sin, pi = np.exp, np.cos, np.sin, np.pi


def gauss(b, x):
    return b[0] * exp(-b[1] * x) + b[2] * exp(-((x - b[3]) ** 2) / b[4] ** 2) + b[5] * exp(-((x - b[6]) ** 2) / b[7] ** 2)


def lanczos(b, x):
    return b[0] * exp(-b[1] * x) + b[2] * exp(-b[3] * x) + b[4] * exp(-b[5] * x)


def chwirut(b, x):
    return exp(-b[0] * x) / (b[1] + b[2] * x)


def cubics(b, x):
    return (b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3) / (1 + b[4] * x + b[5] * x**2 + b[6] * x**3)


def box_bod(b, x):
    return b[0] * (1 - exp(-b[1] * x))


def enso(b, x):
    periods = b[1] * cos(2 * pi * x / 12) + b[2] * sin(2 * pi * x / 12)
    periods += b[4] * cos(2 * pi * x / b[3]) + b[5] * sin(2 * pi * x / b[3])
    return b[0] + periods + b[7] * cos(2 * pi * x / b[6]) + b[8] * sin(2 * pi * x / b[6])


MODELS = {
    "Bennett5": lambda b, x: b[0] * (b[1] + x) ** (-1 / b[2]),
    "BoxBOD": box_bod,
    "Chwirut1": chwirut,
    "Chwirut2": chwirut,
    "DanWood": lambda b, x: b[0] * x ** b[1],
    "ENSO": enso,
    "Eckerle4": lambda b, x: b[0] / b[1] * exp(-0.5 * ((x - b[2]) / b[1]) ** 2),
    "Gauss1": gauss,
    "Gauss2": gauss,
    "Gauss3": gauss,
    "Hahn1": cubics,
    "Kirby2": lambda b, x: (b[0] + b[1] * x + b[2] * x**2) / (1 + b[3] * x + b[4] * x**2),
    "Lanczos1": lanczos,
    "Lanczos2": lanczos,
    "Lanczos3": lanczos,
    "MGH09": lambda b, x: b[0] * (x**2 + x * b[1]) / (x**2 + x * b[2] + b[3]),
    "MGH10": lambda b, x: b[0] * exp(b[1] / (x + b[2])),
    "MGH17": lambda b, x: b[0] + b[1] * exp(-x * b[3]) + b[2] * exp(-x * b[4]),
    "Misra1a": box_bod,
    "Misra1b": lambda b, x: b[0] * (1 - (1 + b[1] * x / 2) ** -2),
    "Misra1c": lambda b, x: b[0] * (1 - (1 + 2 * b[1] * x) ** -0.5),
    "Misra1d": lambda b, x: b[0] * b[1] * x / (1 + b[1] * x),
    "Nelson": lambda b, x, x2: b[0] - b[1] * x * exp(-b[2] * x2),
    "Rat42": lambda b, x: b[0] / (1 + exp(b[1] - b[2] * x)),
    "Rat43": lambda b, x: b[0] / (1 + exp(b[1] - b[2] * x)) ** (1 / b[3]),
    "Roszman1": lambda b, x: b[0] - b[1] * x - np.arctan(b[2] / (x - b[3])) / pi,
    "Thurber": cubics,
}


def digits(values, certified):
    error = np.max(np.abs((values - certified) / certified))
    return -np.log10(max(error, 1e-16)) if np.isfinite(error) else -99


OPTIONS = {
    "trf, defaults": {},
    "lm, defaults": {"method": "lm"},
    "trf, tight": {"x_scale": "jac", "jac": "3-point", "ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-15, "max_nfev": 5000},
    "lm, tight": {"method": "lm", "x_scale": "jac", "jac": "3-point", "ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-15, "max_nfev": 5000},
}
np.seterr(all="ignore")
print(f"SciPy {scipy.__version__}, NumPy {np.__version__}; digits of the parameters, start 1 and start 2")
print("problem".ljust(10), *(name.ljust(15) for name in OPTIONS))
passed = dict.fromkeys(OPTIONS, 0)
for file in sorted(folder.glob("*.dat")):
    text = file.read_text()
    rows = np.array([m.group(1).split() for m in re.finditer(r"^\s*b\d+\s*=\s*(.*)$", text, re.M)], float)
    lines = text.splitlines()
    first = max(i for i, line in enumerate(lines) if line.startswith("Data:")) + 1
    data = np.array([line.split() for line in lines[first:] if line.strip()], float).T
    y = np.log(data[0]) if file.stem == "Nelson" else data[0]
    cells = []
    for name, options in OPTIONS.items():
        cell = []
        for start in (0, 1):
            try:
                fit = least_squares(lambda b: MODELS[file.stem](b, *data[1:]) - y, rows[:, start], **options)
                found = digits(fit.x, rows[:, 2])
                passed[name] += found >= 6
                cell.append(f"{max(found, 0):.1f}")
            except ValueError:
                cell.append("error")
        cells.append(" ".join(cell).ljust(15))
    print(file.stem.ljust(10), *cells)
print("6 digits".ljust(10), *(f"{count} of 54".ljust(15) for count in passed.values()))
